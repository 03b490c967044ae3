import JSONSamples
import Testing

@testable import JSONDiff

@Suite("Comparing random values")
struct CompareRandomTests {
    /// Options, with an oracle that says what is equal by them.
    struct Mode: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var options = JSONOptions()
        var equality = SampleEquality()

        static let all: [Mode] = {
            let list = Mode(testDescription: "list")
            var set = Mode(testDescription: "set"), multiset = Mode(testDescription: "multiset")
            (set.options.arrays, set.equality.arrays) = (.set, .set)
            (multiset.options.arrays, multiset.equality.arrays) = (.multiset, .multiset)
            var keyed = Mode(testDescription: "keyed by id")
            (keyed.options.keys, keyed.equality.arrays) = ([JSONOptions.Key("id")], .multiset)
            return [list, set, multiset, keyed] + [list, multiset, keyed].map(ignoring)
        }()

        /// The same without members that are called `i`, and `k` of the root.
        private static func ignoring(_ mode: Mode) -> Mode {
            var result = Mode(testDescription: mode.testDescription + ", ignoring /**/i and /k")
            (result.options, result.equality) = (mode.options, mode.equality)
            result.options.ignored = ["/**/i", "/k"].compactMap { JSONPattern($0) }
            (result.equality.ignoredNames, result.equality.ignoredAtRoot) = (["i"], ["k"])
            return result
        }

        func read(_ bytes: [UInt8]) throws -> JSONDocument { try JSONDocument(bytes, options: options) }

        func canonical(_ bytes: [UInt8]) -> String? { SampleReader.read(bytes).map(equality.canonical) }
    }

    /// How many for each mode: without optimisation they take long, and scripts/check-json reads 10,000.
    #if DEBUG
    private static let pairs: UInt64 = 40
    #else
    private static let pairs: UInt64 = 300
    #endif

    @Test("what differs between two values makes one out of the other, and back", arguments: Mode.all)
    func thereAndBack(mode: Mode) throws {
        for seed in 1...Self.pairs {
            var generator = SampleGenerator(seed: seed)
            let sample = generator.document()
            let changed = generator.changed(sample)
            let texts = [generator.text(sample), generator.text(changed)]
            let wanted = [mode.equality.canonical(sample), mode.equality.canonical(changed)]
            let place =
                "seed \(seed): \(String(decoding: texts[0], as: UTF8.self)) and \(String(decoding: texts[1], as: UTF8.self))"
            do {
                let old = try mode.read(texts[0]), new = try mode.read(texts[1])
                let difference = try compare(old, new)
                #expect(difference.isEmpty == (wanted[0] == wanted[1]), "\(place)")
                let applied = try difference.applied(to: old)
                #expect(mode.canonical(applied) == wanted[1], "\(place)")
                let again = try mode.read(applied)
                #expect(try compare(again, new).isEmpty, "\(place)")
                let reverted = try difference.reverted(on: new)
                #expect(mode.canonical(reverted) == wanted[0], "\(place)")
                // The patch as a text, with tests, done to a text that is equal.
                let patch = try JSONPatch(JSONDocument(JSONPatch(difference, tests: true).bytes))
                #expect(
                    try mode.canonical(patch.applied(to: mode.read(generator.text(sample)))) == wanted[1], "\(place)")
                #expect(try mode.canonical(difference.reverted(on: again)) == wanted[0], "\(place)")
            } catch {
                Issue.record("\(error): \(place)")
            }
        }
    }

    @Test("two differences together lead from the first value to the last", arguments: Mode.all)
    func composed(mode: Mode) throws {
        for seed in 10_001...10_020 as ClosedRange<UInt64> {
            var generator = SampleGenerator(seed: seed)
            let samples = [generator.document()].chain(2) { generator.changed($0) }
            let documents = try samples.map { try mode.read(generator.text($0)) }
            let first = try compare(documents[0], documents[1])
            let second = try compare(documents[1], documents[2])
            let whole = try JSONDifference.composed(first, second)
            let wanted = mode.equality.canonical(samples[2])
            #expect(try mode.canonical(whole.applied(to: documents[0])) == wanted, "seed \(seed)")
            let steps = try second.applied(to: mode.read(first.applied(to: documents[0])))
            #expect(mode.canonical(steps) == wanted, "seed \(seed)")
        }
    }

    @Test("a difference that begins with another value is not composed")
    func doesNotFollow() throws {
        let first = try compare(Array("[1]".utf8), Array("[2]".utf8))
        let second = try compare(Array("[3]".utf8), Array("[4]".utf8))
        #expect(throws: JSONComparisonError.doesNotFollow) { try JSONDifference.composed(first, second) }
    }

    @Test("documents that were read with different options are not compared")
    func otherOptions() throws {
        var options = JSONOptions()
        options.arrays = .set
        let first = try JSONDocument(Array("[1]".utf8)), second = try JSONDocument(Array("[1]".utf8), options: options)
        #expect(throws: JSONComparisonError.otherOptions) { try compare(first, second) }
    }

    @Test("values are equal in every spelling, and have the same hash", arguments: Mode.all)
    func spellings(mode: Mode) throws {
        for seed in 20_001...20_020 as ClosedRange<UInt64> {
            var generator = SampleGenerator(seed: seed)
            let sample = generator.document()
            let first = try mode.read(generator.text(sample)), second = try mode.read(generator.text(sample))
            #expect(first.hash == second.hash, "seed \(seed)")
            #expect(try compare(first, second).isEmpty, "seed \(seed)")
        }
    }
}

extension Array {
    /// The last element's successors appended, so many of them.
    fileprivate func chain(_ count: Int, _ next: (Element) -> Element) -> [Element] {
        (0..<count).reduce(self) { all, _ in all + [next(all[all.count - 1])] }
    }
}
