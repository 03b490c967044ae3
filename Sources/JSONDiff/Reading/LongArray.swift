import CJSONIndex

/// A text whose value is one array, read element by element: in two parts at once, and without those elements that stand in the
/// same bytes in a text that was read before.
///
/// Where the second part begins is guessed. The guess was right where the first part, read from the beginning, comes to that
/// place behind a comma: an element begins there, whatever it looks like. Where anything is wrong nothing is answered, and the
/// text is to be read as a whole, which tells what it is.
struct LongArray {
    /// What was read.
    struct Reading {
        let containers: Containers
        let hash: UInt64
        let elements: ElementList
    }

    /// Elements from one on, up to a place where another begins, or to the array's bracket.
    private struct Part: Sendable {
        let containers: Containers
        let elements: ElementList
        /// The offset behind the bracket; nil: there is more.
        let end: UInt32?
    }

    private let text: JSONText
    private let rules: ReadingRules
    private let bracket: Int
    /// Where the first element begins.
    private let first: Int

    /// nil: the value is no array, or how an element is read depends on its place.
    init?(_ text: JSONText, _ rules: ReadingRules) {
        guard rules.options.syntax == .json, !rules.followsPaths, rules.arraysAnywhere == .list else { return nil }
        let scanner = TextScanner(base: text.start, count: text.count)
        bracket = scanner.token(from: 0)
        guard bracket < text.count, text.start[bracket] == UInt8(ascii: "[") else { return nil }
        first = scanner.token(from: bracket + 1)
        guard first < text.count, text.start[first] != UInt8(ascii: "]") else { return nil }
        self.text = text
        self.rules = rules
    }

    /// Reads the text. nil: it is not what it seems.
    ///
    /// - Parameters:
    ///   - threads: 2 reads two parts at once.
    ///   - known: A document that was read, whose elements may be in this text.
    ///   - keepsContainers: Whether more is wanted than the hash.
    func read(threads: Int, like known: JSONDocument?, keepsContainers: Bool) -> Reading? {
        let second = threads > 1 ? boundary(like: known) : nil
        let parts: (Part, Part?)
        do {
            if let second {
                parts = try makeBoth(threads: threads) { isFirst in
                    isFirst
                        ? try part(first..<second.start, like: known, from: 0, keepsContainers)
                        : try part(second.start..<text.count, like: known, from: second.element, keepsContainers)
                }
            } else {
                parts = (try part(first..<text.count, like: known, from: 0, keepsContainers), nil)
            }
        } catch {
            return nil
        }
        let (head, tail) = parts
        // The first of two ends behind a comma, the last at the bracket.
        guard let end = (tail ?? head).end, tail == nil || head.end == nil else { return nil }
        var elements = head.elements
        if let tail {
            elements.append(tail.elements)
            if keepsContainers { head.containers.append(tail.containers) }
        }
        let hash = ValueHash.list(elements.hashes)
        if keepsContainers { head.containers.close(0, end: end, hash: hash) }
        return Reading(containers: head.containers, hash: hash, elements: elements)
    }

    private func part(
        _ range: Range<Int>, like known: JSONDocument?, from element: Int, _ keepsContainers: Bool
    ) throws -> Part {
        let containers = Containers(textLength: keepsContainers ? range.count : 0)
        if keepsContainers, range.lowerBound == first { _ = containers.open(at: UInt32(bracket)) }
        var reader = DocumentReader(
            text.bytes(0..<range.upperBound), rules, into: keepsContainers ? containers : nil, from: range.lowerBound)
        var known = known.flatMap { KnownElements(of: $0, from: element) }
        var elements = ElementList()
        let end = try reader.readElements(into: &elements, &known)
        return Part(containers: containers, elements: elements, end: end)
    }

    // Where the second part begins.

    /// A place near the middle where an element may begin, and the index of the known element that may be it.
    private func boundary(like known: JSONDocument?) -> (start: Int, element: Int)? {
        if let known, let elements = known.elements, let found = boundary(of: elements, in: known.text) { return found }
        guard let start = guessedBoundary() else { return nil }
        return (start, known?.elements?.index(from: start) ?? 0)
    }

    /// Looks for a known element: one of those in the middle, near where it is in its own text.
    private func boundary(of elements: ElementList, in known: JSONText) -> (start: Int, element: Int)? {
        let reach = abs(text.count - known.count) + 64 << 10
        let middle = elements.index(from: min(text.count, known.count) / 2)
        for element in middle..<min(middle + 8, elements.count) {
            let start = Int(elements.starts[element])
            let needle = known.bytes(start..<min(start + 256, known.count))
            let range = max(first + 1, start - reach)..<max(first + 1, min(text.count, start + reach))
            if let found = place(of: needle, in: range) { return (found, element) }
        }
        return nil
    }

    /// Looks for what the first element begins with, as far as elements may have it in common: a bracket and a key.
    private func guessedBoundary() -> Int? {
        let scanner = TextScanner(base: text.start, count: text.count)
        guard text.start[first] == UInt8(ascii: "{") || text.start[first] == UInt8(ascii: "[") else { return nil }
        var end = scanner.token(from: first + 1)
        guard end < text.count else { return nil }
        end = text.start[end] == UInt8(ascii: "\"") ? scanner.checkedStringEnd(end) : end + 1
        guard end - first <= 1024 else { return nil }
        let beginning = text.bytes(first..<end)
        var range = text.count / 2..<text.count * 3 / 4
        for _ in 0..<16 {
            guard let start = place(of: beginning, in: range) else { return nil }
            var before = start - 1
            while before > first, text.start[before] <= 0x20 { before -= 1 }
            if text.start[before] == UInt8(ascii: ","), mayBeOutermost(from: start) { return start }
            range = start + 1..<range.upperBound
        }
        return nil
    }

    /// Whether more is closed than was opened in the bytes from a place on: then it is in a container.
    private func mayBeOutermost(from start: Int) -> Bool {
        var places = TokenPlaces(in: text.bytes(0..<text.count), from: start)
        var depth = 0
        do {
            while case let place = try places.advance(), place != TokenPlaces.end, Int(place) < start + 64 << 10 {
                switch text.start[Int(place)] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
                guard depth >= 0 else { return false }
            }
        } catch {
            return false
        }
        return true
    }

    private func place(of needle: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Int? {
        hp_json_find(text.start + range.lowerBound, range.count, needle.start, needle.count).map { $0 - text.start }
    }
}

// Elements of an array, one after the other.
extension DocumentReader {
    /// As many bytes as elements have to have on average to be listed.
    private static let shortestElement = 48

    /// Reads elements from where one begins to the text's end, which is behind a comma, or behind the array with nothing more.
    ///
    /// - Parameters:
    ///   - elements: Takes those that were read.
    ///   - known: Elements that are passed over where they stand again, with their containers.
    /// - Returns: The offset behind the array's bracket; nil: the text ends behind a comma.
    /// - Throws: Also where thousands of elements are so short that the list of them would be long beside the text.
    mutating func readElements(
        into elements: inout ElementList, _ known: inout KnownElements?
    ) throws(JSONReadingError) -> UInt32? {
        try open(isObject: false, at: 0, 0, isNoted: false)
        let start = try places.peek()
        while true {
            let place = try places.peek()
            guard place != TokenPlaces.end else { return nil }
            // Twelve bytes for each are too many where elements are short.
            if elements.count & 0xFFF == 0xFFF, Int(place - start) < elements.count * Self.shortestElement {
                throw failure("the elements are too short to be listed", at: place)
            }
            if let run = known?.run(in: text, at: Int(place)), let known {
                try take(run, of: known, at: Int(place), into: &elements)
                continue
            }
            elements.append(try value(0), at: place)
            guard let end = try separator(UInt8(ascii: "]")) else { continue }
            guard try places.peek() == TokenPlaces.end else { throw failure("there is more", at: end) }
            return end + 1
        }
    }

    /// Takes elements, and goes on where the one behind them begins.
    private mutating func take(
        _ run: Range<Int>, of known: KnownElements, at place: Int, into elements: inout ElementList
    ) throws(JSONReadingError) {
        let start = known.list.starts[run.lowerBound], end = known.list.starts[run.upperBound]
        let distance = place - Int(start)
        elements.append(known.list, run, shiftedBy: distance)
        containers?.append(known.containers, startingIn: start..<end, shiftedBy: distance)
        try places.skip(to: Int(end) + distance)
    }
}
