import JSONSamples
import Testing

@testable import JSONDiff

@Suite("Reading a long array in parts, and what is known of it")
struct LongArrayTests {
    private typealias Element = [UInt8]

    /// What reading gives, to be compared.
    private struct Outcome: Equatable {
        var containers: [[UInt64]]
        var hash: UInt64
        var hashes: [UInt64]
        var starts: [UInt32]

        init(_ containers: Containers, _ hash: UInt64, _ elements: ElementList) {
            self.containers = (0..<containers.count).map { index in
                let container = containers.list[index]
                return [UInt64(container.start), UInt64(container.end), UInt64(container.next), container.hash]
            }
            self.hash = hash
            (hashes, starts) = (elements.hashes, elements.starts)
        }

        /// As the text as a whole is read.
        init(_ document: JSONDocument) {
            var text = ComparedText(document)
            let root = text.root
            self.init(document.containers, document.hash, text.elementList(of: root, path: 0))
        }
    }

    private static func text(_ bytes: [UInt8]) -> JSONText { bytes.withUnsafeBytes { JSONText(copying: $0) } }

    private static func read(_ bytes: [UInt8], threads: Int, like known: JSONDocument? = nil) throws -> Outcome? {
        let rules = try #require(ReadingRules(JSONOptions()))
        let array = LongArray(text(bytes), rules)
        return array?.read(threads: threads, like: known, keepsContainers: true)
            .map { Outcome($0.containers, $0.hash, $0.elements) }
    }

    /// Of a text that is read in parts, as what is known.
    private static func known(_ bytes: [UInt8]) throws -> JSONDocument {
        let options = JSONOptions()
        let first = text(bytes)
        // Compared with another one, since two that are the same are read once.
        let padding = [UInt8](repeating: 0x20, count: 1 << 20)
        return try JSONDocument.both(text(bytes + padding), first, options, threads: 1).1
    }

    /// Records mostly, as logs and tables have them; also other values, with brackets and commas in strings.
    private static func elements(_ count: Int, _ generator: inout SampleGenerator) -> [Element] {
        (0..<count).map { number in
            switch generator.below(12) {
            case 0: return generator.text(generator.sample())
            case 1: return Array(#"{"id":\#(number),"items":[{"id":1},{"id":2,"t":"},{\"id\":3"}]}"#.utf8)
            case 2: return Array("[\(number),[]]".utf8)
            default:
                let name = String(repeating: "x", count: generator.below(60))
                return Array(
                    #"{"id":\#(number % 40),"name":"\#(name)","place":{"city":"Ü],[{","at":[1.5,\#(number)]}}"#.utf8)
            }
        }
    }

    private static func array(_ elements: [Element], _ separator: String = ",") -> [UInt8] {
        // Whole arrays at a time: `joined` goes byte by byte, which takes minutes in a debug build.
        var bytes = Array("[".utf8)
        for (number, element) in elements.enumerated() {
            if number > 0 { bytes += Array(separator.utf8) }
            bytes += element
        }
        return bytes + Array("]".utf8)
    }

    private static func changed(_ elements: [Element], _ generator: inout SampleGenerator) -> [Element] {
        var elements = elements
        for _ in 0..<generator.below(6) {
            let at = generator.below(elements.count)
            switch generator.below(5) {
            case 0: elements.insert(contentsOf: self.elements(generator.below(9) + 1, &generator), at: at)
            case 1: elements.removeSubrange(at..<min(at + 1 + generator.below(9), elements.count - 1))
            case 2: elements[at] = generator.text(generator.sample())
            case 3: elements.swapAt(at, generator.below(elements.count))
            default: elements.insert(elements[generator.below(elements.count)], at: at)
            }
        }
        return elements
    }

    @Test("Parts, and parts of what is known, are read as the whole is", arguments: 0..<300)
    func parts(seed: Int) throws {
        var generator = SampleGenerator(seed: UInt64(seed))
        let separator = [",", ",\n", " ,\r\n\t "][seed % 3]
        let before = Self.elements(2 + generator.below(120), &generator)
        let old = Self.array(before, separator), new = Self.array(Self.changed(before, &generator), separator)
        let known = try Self.known(old)
        #expect(known.elements != nil)
        for bytes in [old, new] {
            let expected = Outcome(try JSONDocument(bytes))
            // Two parts where a place to part the text at was found; it is not always right.
            let one = try #require(try Self.read(bytes, threads: 1))
            #expect(one == expected)
            if let two = try Self.read(bytes, threads: 2) { #expect(two == expected) }
            #expect(try Self.read(bytes, threads: 1, like: known) == expected)
            if let two = try Self.read(bytes, threads: 2, like: known) { #expect(two == expected) }
        }
    }

    @Test("What is no JSON is not read in parts, either", arguments: 0..<60)
    func damaged(seed: Int) throws {
        var generator = SampleGenerator(seed: UInt64(seed) + 1_000)
        let before = Self.elements(40, &generator)
        let old = Self.array(before)
        let known = try Self.known(old)
        for _ in 0..<20 {
            var bytes = Self.array(Self.changed(before, &generator))
            let at = generator.below(bytes.count)
            switch generator.below(3) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes.remove(at: at)
            default: bytes[at] = Array("\"]},\u{1}x[\\".utf8)[generator.below(8)]
            }
            let expected = (try? JSONDocument(bytes)).map { Outcome($0) }
            for threads in [1, 2] {
                for known in [known, nil] {
                    let found = try Self.read(bytes, threads: threads, like: known)
                    guard let found else { continue }
                    #expect(found == expected)
                }
            }
        }
    }

    @Test("Texts that are read in two parts give the changes that one thread finds")
    func changes() throws {
        var generator = SampleGenerator(seed: 7)
        let before = Self.elements(12_000, &generator)
        var after = before
        after.insert(contentsOf: Self.elements(300, &generator), at: 7_000)
        after.removeSubrange(2_000..<2_040)
        after[11_000] = Array("{}".utf8)
        let old = Self.array(before), new = Self.array(after)
        #expect(old.count > 1 << 19)
        let (first, second) = try JSONDocument.both(Self.text(old), Self.text(new), JSONOptions(), threads: 2)
        #expect(first.elements?.count == 12_000 && second.elements?.count == 12_260)
        let alone = try compare(JSONDocument(old), JSONDocument(new))
        let both = try compare(first, second)
        #expect(Array(JSONPatch(both).bytes) == Array(JSONPatch(alone).bytes))
        #expect(try both.applied(to: first) == alone.applied(to: alone.old))
    }

    @Test("Where elements hold others that begin like them, the text is read as a whole")
    func nested() throws {
        let inner = (0..<4_000).map { #"{"id":\#($0),"text":"abcdefghijklmnopqrstuvwxyz"}"# }.joined(separator: ",")
        let old = Array((0..<8).map { #"{"id":\#($0),"items":[\#(inner)]}"# }.joined(separator: ",").utf8)
        let bytes = Array("[".utf8) + old + Array("]".utf8)
        let new = Array("[1,".utf8) + old + Array("]".utf8)
        let found = try compare(bytes, new, threads: 2)
        #expect(found.changes.count == 1)
        #expect(try compare(bytes, bytes.dropLast() + Array(",{}]".utf8), threads: 2).changes.count == 1)
    }

    @Test("A problem in a long array is told with its place")
    func problem() throws {
        var generator = SampleGenerator(seed: 9)
        let before = Self.elements(12_000, &generator)
        let old = Self.array(before, ",\n")
        var new = old
        let at = try #require(new.indices.last { new[$0] == UInt8(ascii: ":") && $0 < new.count * 3 / 4 })
        new[at] = UInt8(ascii: ";")
        let line = new[..<at].count { $0 == 10 } + 1
        let error = #expect(throws: JSONTextsError.self) { try compare(old, new, threads: 2) }
        #expect(error?.isOld == false && error?.error.offset == at && error?.error.line == line)
        let other = #expect(throws: JSONTextsError.self) { try compare(new, old, threads: 2) }
        #expect(other?.isOld == true && other?.error.offset == at)
    }

    @Test("Many short elements are not listed, some are")
    func short() throws {
        func elements(_ length: Int) throws -> Int? {
            let element = "\"" + String(repeating: "a", count: length - 3) + "\","
            let text = Array(("[" + String(repeating: element, count: 20_000) + "1]").utf8)
            return try Self.read(text, threads: 1)?.starts.count
        }
        #expect(try elements(10) == nil)
        #expect(try elements(100) == 20_001)
        #expect(try Self.read(Array("[1,2]".utf8), threads: 1)?.starts.count == 2)
    }
}
