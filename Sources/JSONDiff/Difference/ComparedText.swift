/// A text as it is compared: its values one by one, with their hashes.
struct ComparedText: ~Copyable {
    /// A value in the text.
    struct Value {
        let start: UInt32
        let end: UInt32
        /// The index of its container; -1: it is none, or a small one.
        let container: Int32

        var range: Range<UInt32> { start..<end }
    }

    /// A member of an object, or an element of an array.
    struct Child {
        /// The offset of the key's quote; of no meaning in arrays.
        let keyStart: UInt32
        /// Of the key; 0 in arrays.
        let keyHash: UInt64
        let value: Value
        let hash: UInt64
        /// Where in the patterns it is.
        let path: UInt64
        /// Among the members or elements, those that are passed over included.
        let index: Int
        /// Whether it is an element that is passed over.
        let isIgnored: Bool
    }

    let document: JSONDocument
    private let scanner: TextScanner
    private let rules: ReadingRules
    private let followsPaths: Bool
    private var reader: DocumentReader

    init(_ document: JSONDocument) {
        self.document = document
        scanner = TextScanner(base: document.text.start, count: document.text.count)
        rules = document.rules
        followsPaths = rules.followsPaths
        reader = DocumentReader(document.text.bytes(0..<document.text.count), document.rules, into: nil)
    }

    /// The whole.
    var root: Value {
        let start = UInt32(document.range.lowerBound)
        let container = document.containers.index(of: start).map(Int32.init) ?? -1
        return Value(start: start, end: UInt32(document.range.upperBound), container: container)
    }

    /// Whether a value is the text of lines as a whole.
    private func isLines(_ value: Value) -> Bool {
        rules.options.syntax == .ndjson && value.start == 0 && Int(value.end) == document.text.count
    }

    /// The first byte of a value; `[` of a text of lines.
    func kind(_ value: Value) -> UInt8 {
        isLines(value) ? UInt8(ascii: "[") : scanner.base[Int(value.start)]
    }

    func isObject(_ value: Value) -> Bool { kind(value) == UInt8(ascii: "{") }
    func isArray(_ value: Value) -> Bool { kind(value) == UInt8(ascii: "[") }
    func isContainer(_ value: Value) -> Bool { isObject(value) || isArray(value) }
    func isNumber(_ value: Value) -> Bool {
        let byte = kind(value)
        return byte == UInt8(ascii: "-") || byte &- 48 < 10
    }

    /// As binary64.
    func double(_ value: Value) -> Double {
        NumberScanner.double(scanner.base + Int(value.start), scanner.base + Int(value.end))
    }

    func bytes(_ range: Range<UInt32>) -> UnsafeBufferPointer<UInt8> {
        document.text.bytes(Int(range.lowerBound)..<Int(range.upperBound))
    }

    /// The value that begins at an offset.
    func value(at start: UInt32) -> Value {
        let byte = scanner.base[Int(start)]
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["), let index = document.containers.index(of: start) {
            return Value(start: start, end: document.containers.list[index].end, container: Int32(index))
        }
        return Value(start: start, end: UInt32(scanner.valueEnd(Int(start))), container: -1)
    }

    /// Where in the patterns an array's element is.
    func elementPath(_ path: UInt64, _ index: Int) -> UInt64 {
        followsPaths ? rules.patterns.advanced(path) { $0 == String(index) } : 0
    }

    // Children.

    /// Calls a function for the members of an object or the elements of an array, without members that are passed over.
    ///
    /// - Parameter path: Where in the patterns the container is.
    @inline(__always)
    mutating func forEachChild(of value: Value, path: UInt64, _ body: (Child) -> Void) {
        let isObject = isObject(value)
        var cursor = ChildCursor(
            scanner, Int(value.start)..<Int(value.end), document.containers,
            index: isLines(value) ? -1 : value.container < 0 ? nil : Int(value.container), isLines: isLines(value))
        var index = 0
        while let child = cursor.advance() {
            var childPath: UInt64 = 0
            if followsPaths {
                let key = isObject ? bytes(child.keyStart + 1..<child.keyEnd - 1) : nil
                childPath = rules.patterns.advanced(path) { name in
                    key.map { StringContent.isEqual($0, name) } ?? (name == String(index))
                }
            }
            let value = Value(start: child.start, end: child.end, container: child.container)
            let isIgnored = followsPaths && rules.ignores(childPath)
            let keyHash =
                isObject ? self.hash(Value(start: child.keyStart, end: child.keyEnd, container: -1), 0) : 0
            if !(isObject && isIgnored) {
                let hash = isIgnored ? ValueHash.keys.pointee.tail : self.hash(value, childPath)
                body(
                    Child(
                        keyStart: child.keyStart, keyHash: keyHash, value: value, hash: hash, path: childPath,
                        index: index, isIgnored: isIgnored))
            }
            index &+= 1
        }
    }

    /// The members of an object that count, in order.
    mutating func members(of value: Value, path: UInt64) -> [Child] {
        var members: [Child] = []
        forEachChild(of: value, path: path) { members.append($0) }
        guard rules.options.duplicates != .error else { return members }
        let takesFirst = rules.options.duplicates == .first
        var places: [UInt64: Int] = [:]
        var kept: [Child] = []
        for member in members {
            if let place = places[member.keyHash] {
                if !takesFirst { kept[place] = member }
            } else {
                places[member.keyHash] = kept.count
                kept.append(member)
            }
        }
        return kept
    }

    /// The hashes of an array's elements, and where they begin.
    mutating func elementList(of value: Value, path: UInt64) -> ElementList {
        if Int(value.start) == document.range.lowerBound, let elements = document.elements { return elements }
        var elements = ElementList()
        forEachChild(of: value, path: path) { elements.append($0.hash, at: $0.value.start) }
        return elements
    }

    /// The elements of an array, with those that are passed over.
    mutating func elements(of value: Value, path: UInt64) -> [Child] {
        var elements: [Child] = []
        forEachChild(of: value, path: path) { elements.append($0) }
        return elements
    }

    /// The hash of a value.
    @inline(__always)
    mutating func hash(_ value: Value, _ path: UInt64) -> UInt64 {
        if value.container >= 0 { return document.containers.list[Int(value.container)].hash }
        return reader.hash(of: bytes(value.range), path: path)
    }

    /// The value of an object's member by name. nil: it has none, or it is no object.
    mutating func member(_ name: String, of value: Value) -> UInt64? {
        guard isObject(value) else { return nil }
        var found: UInt64?
        var cursor = ChildCursor(
            scanner, Int(value.start)..<Int(value.end), document.containers,
            index: value.container < 0 ? nil : Int(value.container))
        while let child = cursor.advance() {
            guard StringContent.isEqual(bytes(child.keyStart + 1..<child.keyEnd - 1), name) else { continue }
            found = hash(Value(start: child.start, end: child.end, container: child.container), 0)
            if rules.options.duplicates == .first { break }
        }
        return found
    }

    /// How the elements of an array are compared, and the member by which they are known.
    func comparison(_ path: UInt64) -> (arrays: JSONOptions.Arrays, key: String?) {
        (rules.arrays(path), rules.key(path))
    }
}
