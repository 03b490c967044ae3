import Foundation
import Testing

@testable import JSONDiff

@Suite("Comparing what is made to be hard")
struct AdversarialTests {
    /// Runs work on a thread with a stack of so many bytes; answers with what it gives.
    private static func onSmallStack<R: Sendable>(
        _ bytes: Int = 128 << 10, _ work: @escaping @Sendable () throws -> R
    ) async throws -> R {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<R, any Error>, Never>) in
            let thread = Thread { continuation.resume(returning: Result(catching: work)) }
            thread.stackSize = bytes
            thread.start()
        }
        return try result.get()
    }

    private static func array(_ elements: some Sequence<Int>) -> [UInt8] {
        Array(("[" + elements.map { "\($0)" }.joined(separator: ",") + "]").utf8)
    }

    /// Does the changes of an array of numbers one by one.
    private static func applied(_ difference: JSONDifference, to numbers: [Int]) throws -> [Int] {
        var numbers = numbers
        for change in difference.changes {
            let place = try #require(Int(change.path.tokens[0]))
            let new = change.new.flatMap { Int($0.description) }
            switch change.kind {
            case .add: numbers.insert(try #require(new), at: place)
            case .remove: numbers.remove(at: place)
            case .replace: numbers[place] = try #require(new)
            case .move:
                let from = try #require(change.from.flatMap { Int($0.tokens[0]) })
                numbers.insert(numbers.remove(at: from), at: place)
            }
        }
        return numbers
    }

    @Test("100,000 distinct elements reversed are moved to where they are to be")
    func reversed() throws {
        let numbers = Array(0..<100_000)
        let difference = try compare(Self.array(numbers), Self.array(numbers.reversed()))
        #expect(difference.changes.count < 100_000)
        #expect(try Self.applied(difference, to: numbers) == numbers.reversed())
    }

    @Test("3,000 distinct elements reversed are written, and read, as a patch")
    func reversedPatch() throws {
        let difference = try compare(Self.array(0..<3000), Self.array((0..<3000).reversed()))
        let patch = try JSONPatch(JSONDocument(JSONPatch(difference).bytes))
        #expect(try compare(patch.applied(to: difference.old), Self.array((0..<3000).reversed())).isEmpty)
    }

    @Test(
        "elements that are all equal are told by their number",
        arguments: [(100_000, 99_000), (99_000, 100_000), (100_000, 0)])
    func allEqual(old: Int, new: Int) throws {
        let before = [Int](repeating: 7, count: old), after = [Int](repeating: 7, count: new)
        let difference = try compare(Self.array(before), Self.array(after))
        #expect(difference.changes.count == abs(old - new))
        #expect(try Self.applied(difference, to: before) == after)
    }

    @Test("two equal elements in turns, shifted, are compared")
    func alternating() throws {
        let before = (0..<50_000).map { $0 % 2 }, after = [1, 1] + (0..<50_000).map { ($0 / 3) % 2 }
        let difference = try compare(Self.array(before), Self.array(after))
        #expect(try Self.applied(difference, to: before) == after)
    }

    /// Keys of 17 letters that all have one hash by `hash * 31 + byte`: "Aa" and "BB" have.
    private static let colliding31 = (0..<100_000).map { number in
        (0..<17).map { number >> $0 & 1 == 0 ? "Aa" : "BB" }.joined()
    }

    /// Keys that all have one hash by FNV-1a in a table of 1,024 places, found by trying.
    private static let collidingFNV: [String] = {
        var found: [String] = []
        var number = 0
        while found.count < 2000 {
            let key = String(number, radix: 36)
            var hash: UInt32 = 0x811C_9DC5
            for byte in key.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
            if hash & 0x3FF == 0 { found.append(key) }
            number += 1
        }
        return found
    }()

    @Test("keys that collide under hashes without a seed are read and compared", arguments: [true, false])
    func collidingKeys(isFNV: Bool) throws {
        let keys = isFNV ? Self.collidingFNV : Self.colliding31
        func object(_ keys: some Sequence<String>, _ value: Int) -> [UInt8] {
            Array(("{" + keys.map { "\"\($0)\":\(value)" }.joined(separator: ",") + "}").utf8)
        }
        #expect(try compare(object(keys, 1), object(keys.reversed(), 1)).isEmpty)
        let difference = try compare(object(keys, 1), object(keys.reversed().dropLast(), 1))
        #expect(difference.changes.map(\.path.description) == ["/\(keys[0])"])
        #expect(throws: JSONReadingError.self) { try JSONDocument(object(keys + [keys[keys.count / 2]], 1)) }
        var options = JSONOptions()
        options.duplicates = .last
        #expect(try compare(object(keys + keys, 1), object(keys, 1), options: options).isEmpty)
    }

    /// Containers in each other, so many, around a value.
    private static func nested(_ depth: Int, _ value: String, isObject: Bool) -> [UInt8] {
        let (open, close) = isObject ? ("{\"a\":", "}") : ("[", "]")
        return Array((String(repeating: open, count: depth) + value + String(repeating: close, count: depth)).utf8)
    }

    @Test(
        "a million containers in each other are refused with their place, on a stack of 128 KiB",
        arguments: [true, false])
    func tooDeep(isObject: Bool) async throws {
        let (place, problem) = try await Self.onSmallStack {
            let error = #expect(throws: JSONReadingError.self) {
                try JSONDocument(Self.nested(1_000_000, "1", isObject: isObject))
            }
            return (error?.offset, error?.problem)
        }
        #expect(place == 10_000 * (isObject ? 5 : 1))
        #expect(problem == "containers stand in each other more than 10000 deep")
    }

    @Test("the limit of the depth is one that can be set, and is the deepest that is taken")
    func limit() throws {
        for limit in [1, 2, 64, 65, 10_000] {
            var options = JSONOptions()
            options.maximumDepth = limit
            #expect(throws: Never.self) { try JSONDocument(Self.nested(limit, "1", isObject: false), options: options) }
            #expect(throws: JSONReadingError.self) {
                try JSONDocument(Self.nested(limit + 1, "1", isObject: true), options: options)
            }
        }
    }

    @Test(
        "9,999 containers in each other are read, compared, patched and freed on a stack of 128 KiB",
        arguments: [true, false])
    func deep(isObject: Bool) async throws {
        try await Self.onSmallStack {
            let old = Self.nested(9_999, "1", isObject: isObject), new = Self.nested(9_999, "2", isObject: isObject)
            let difference = try compare(old, new)
            #expect(difference.changes.count == 1)
            #expect(difference.changes.first?.path.tokens.count == 9_999)
            #expect(try difference.applied(to: difference.old) == new)
            #expect(try difference.reverted(on: difference.new) == old)
            let patch = try JSONPatch(JSONDocument(JSONPatch(difference, tests: true).bytes))
            #expect(try patch.applied(to: difference.old) == new)
            var options = JSONOptions()
            options.arrays = .multiset
            options.ignored = [JSONPattern("/**/b")].compactMap { $0 }
            let unordered = try compare(old, new, options: options)
            #expect(try compare(unordered.applied(to: unordered.old), new, options: options).isEmpty)
        }
    }

    @Test("a million containers in each other are read where the limit is that high, on a stack of 128 KiB")
    func deeper() async throws {
        try await Self.onSmallStack {
            var options = JSONOptions()
            options.maximumDepth = 1_000_000
            let text = Self.nested(1_000_000, "1", isObject: false)
            let difference = try compare(text, text + [0x20], options: options)
            #expect(difference.isEmpty)
        }
    }
}
