#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads a JSON text from its first byte to its last: checks it, and finds its containers and the hash of each.
///
/// The containers around the value being read are kept in memory of the reader's own, not on the thread's stack. Time is linear
/// in the text.
struct DocumentReader: ~Copyable {
    /// A container that is not closed yet.
    struct Frame {
        var isObject = false
        /// How elements are compared, of an array.
        var arrays = JSONOptions.Arrays.list
        var start: UInt32 = 0
        /// In the containers; -1: it is not noted.
        var container = 0
        /// Of the first of its members on the stack of them.
        var firstMember = 0
        /// Where in the patterns it is.
        var path: UInt64 = 0
        /// The same of the member or element that is being read.
        var memberPath: UInt64 = 0
        /// What the members or elements so far have come to.
        var sum: UInt64 = 0
        var count: UInt64 = 0
        /// The number of elements so far, those that are passed over included.
        var index = 0
        /// The hash of the key whose value is being read.
        var key: UInt64 = 0
        /// The hash of the keys so far, in their order.
        var shape: UInt64 = 0
    }

    var text: UnsafeBufferPointer<UInt8>
    var base: UnsafePointer<UInt8>
    let rules: ReadingRules
    let keys = ValueHash.keys
    let numbers: NumberScanner
    let followsPaths: Bool
    let keepsMembers: Bool
    let takesTrailingCommas: Bool
    let maximumDepth: Int
    let arraysAnywhere: JSONOptions.Arrays
    let normalizes: Bool
    var places: TokenPlaces
    let containers: Containers?
    var frames: UnsafeMutablePointer<Frame>
    var frameCapacity = 64
    var depth = 0
    var members = MemberStack()
    let shapes = KnownShapes()
    /// For characters of a string with escapes.
    var scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    var scratchCapacity = 256
    /// The offsets of the quotes around the string that was read last.
    var quotes: (open: UInt32, close: UInt32) = (0, 0)

    /// - Parameters:
    ///   - containers: Where containers are noted; nil: nowhere.
    ///   - start: Where in the text reading begins: not in a string.
    init(
        _ text: UnsafeBufferPointer<UInt8>, _ rules: ReadingRules, into containers: Containers?, from start: Int = 0
    ) {
        self.text = text
        base = text.start
        self.rules = rules
        numbers = NumberScanner(rules.options.numbers, ValueHash.keys)
        takesTrailingCommas = rules.options.syntax == .jsonc
        maximumDepth = rules.options.maximumDepth
        arraysAnywhere = rules.arraysAnywhere
        followsPaths = rules.followsPaths
        keepsMembers = rules.options.duplicates != .error
        normalizes = rules.options.normalizes
        places = TokenPlaces(in: text, from: start)
        self.containers = containers
        frames = .allocate(capacity: frameCapacity)
        frames.initialize(repeating: Frame(), count: frameCapacity)
    }

    deinit {
        frames.deallocate()
        scratch.deallocate()
    }

    /// Begins with another text.
    mutating func restart(with text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        base = text.start
        places.restart(in: text)
        depth = 0
        members.truncate(to: 0)
    }

    /// The hash of a value in a text that was checked already: all bytes are those of the value.
    mutating func hash(of value: UnsafeBufferPointer<UInt8>, path: UInt64) -> UInt64 {
        let start = value.start
        switch value[0] {
        case UInt8(ascii: "\"") where !normalizes && memchr(start, 0x5C, value.count) == nil:
            return ValueHash.bytes(start + 1, value.count - 2, keys)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            var end = start
            if let hash = numbers.scan(start, start + value.count, end: &end) { return hash }
        default: break
        }
        restart(with: value)
        do {
            return try self.value(path)
        } catch {
            preconditionFailure("a value that was read is read otherwise now: \(error)")
        }
    }

    // The whole text.

    /// Reads the text's one value; answers with its hash.
    ///
    /// - Parameter path: Where in the patterns the value is.
    mutating func readValue(path: UInt64) throws(JSONReadingError) -> UInt64 {
        let hash = try value(path)
        let place = try places.advance()
        guard place == TokenPlaces.end else {
            throw failure("there is more after the value; where a text has a value on each line, say ndjson", at: place)
        }
        return hash
    }

    /// Reads a value on each line, as the elements of an array.
    mutating func readLines(path: UInt64) throws(JSONReadingError) -> UInt64 {
        try open(isObject: false, at: 0, path, isNoted: false)
        var isFirst = true
        while case let place = try places.peek(), place != TokenPlaces.end {
            let between = text[Int(isFirst ? 0 : places.current)..<Int(place)]
            guard isFirst || between.contains(UInt8(ascii: "\n")) else {
                throw failure("there is a second value on the line", at: place)
            }
            isFirst = false
            let path = elementPath()
            add(element: try value(path))
        }
        return try close(0)
    }

    // Values.

    /// Reads a value and what is in it.
    mutating func value(_ path: UInt64) throws(JSONReadingError) -> UInt64 {
        let bottom = depth
        var path = path
        value: while true {
            let place = try places.advance()
            guard place != TokenPlaces.end else { throw missingValue(at: place) }
            var hash: UInt64
            switch base[Int(place)] {
            case UInt8(ascii: "\""):
                hash = try string(place)
            case UInt8(ascii: "{"):
                try open(isObject: true, at: place, path)
                guard try nextIs(UInt8(ascii: "}")) else {
                    path = try key()
                    continue value
                }
                hash = try close(try places.advance())
            case UInt8(ascii: "["):
                try open(isObject: false, at: place, path)
                guard try nextIs(UInt8(ascii: "]")) else {
                    path = elementPath()
                    continue value
                }
                hash = try close(try places.advance())
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                hash = try number(place)
            default:
                hash = try literal(place)
            }
            // The value may be the last of its container, and that of its own.
            while depth != bottom {
                if frames[depth &- 1].isObject {
                    add(member: hash)
                    guard let end = try separator(UInt8(ascii: "}")) else {
                        path = try key()
                        continue value
                    }
                    hash = try close(end)
                } else {
                    add(element: hash)
                    guard let end = try separator(UInt8(ascii: "]")) else {
                        path = elementPath()
                        continue value
                    }
                    hash = try close(end)
                }
            }
            return hash
        }
    }

    @inline(__always)
    mutating func nextIs(_ byte: UInt8) throws(JSONReadingError) -> Bool {
        let place = try places.peek()
        return place != TokenPlaces.end && base[Int(place)] == byte
    }

    /// Takes what follows a member or element. nil: a comma; otherwise the place of the bracket.
    @inline(__always)
    mutating func separator(_ closing: UInt8) throws(JSONReadingError) -> UInt32? {
        let place = try places.advance()
        let byte = place == TokenPlaces.end ? 0 : base[Int(place)]
        if byte == UInt8(ascii: ",") {
            if takesTrailingCommas, try nextIs(closing) { return try places.advance() }
            return nil
        }
        guard byte == closing else { throw missingSeparator(closing, at: place) }
        return place
    }

    @inline(__always)
    mutating func string(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        let end = try places.advance()
        guard end != TokenPlaces.end, base[Int(end)] == UInt8(ascii: "\""), !normalizes else {
            return try unusualString(place, end)
        }
        quotes = (place, end)
        return ValueHash.bytes(base + Int(place) + 1, Int(end &- place) &- 1, keys)
    }

    /// One with escapes, or one that is to be normalised.
    @inline(never)
    mutating func unusualString(_ place: UInt32, _ first: UInt32) throws(JSONReadingError) -> UInt64 {
        var end = first
        while end != TokenPlaces.end, base[Int(end)] != UInt8(ascii: "\"") { end = try places.advance() }
        guard end != TokenPlaces.end else { throw failure("the text ends in a string: is it cut off?", at: end) }
        quotes = (place, end)
        let start = Int(place) + 1
        let raw = UnsafeBufferPointer(rebasing: text[start..<Int(end)])
        if scratchCapacity < raw.count {
            scratch.deallocate()
            scratchCapacity = raw.count * 2
            scratch = .allocate(capacity: scratchCapacity)
        }
        var wrong = 0
        guard let count = StringContent.unescape(raw, into: scratch, wrong: &wrong) else {
            throw failure(
                "an escape that JSON does not have; it has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four "
                    + "hexadecimal digits", at: UInt32(start + wrong))
        }
        guard normalizes else { return ValueHash.bytes(scratch, count, keys) }
        return StringContent.normalized(Array(UnsafeBufferPointer(start: scratch, count: count)))
            .withUnsafeBufferPointer { bytes in
                ValueHash.bytes(bytes.baseAddress ?? base, bytes.count, keys)
            }
    }

    // Mutating, as what does not mutate is handed a copy of the reader.
    @inline(__always)
    mutating func number(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        let start = base + Int(place)
        var end = start
        guard let hash = numbers.scan(start, base + text.count, end: &end) else {
            throw wrongNumber(at: UInt32(end - base))
        }
        return hash
    }

    @inline(__always)
    mutating func literal(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        let at = Int(place)
        let left = text.count &- at
        guard left >= 4 else { throw missingValue(at: place) }
        let word = UInt32(littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: at, as: UInt32.self))
        var end = at &+ 4
        let hash: UInt64
        switch word {
        case 0x6575_7274: hash = keys.pointee.true
        case 0x6C6C_756E: hash = keys.pointee.null
        case 0x736C_6166 where left > 4 && base[end] == UInt8(ascii: "e"):
            hash = keys.pointee.false
            end &+= 1
        default: throw missingValue(at: place)
        }
        guard end == text.count || NumberScanner.endsNumber(base[end]) else {
            throw failure("no character can stand here, after a literal", at: UInt32(end))
        }
        return hash
    }
}
