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
    private struct Frame {
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

    private var text: UnsafeBufferPointer<UInt8>
    private var base: UnsafePointer<UInt8>
    private let rules: ReadingRules
    private let keys = ValueHash.keys
    private let numbers: NumberScanner
    private let followsPaths: Bool
    private let keepsMembers: Bool
    private let takesTrailingCommas: Bool
    private let maximumDepth: Int
    private let arraysAnywhere: JSONOptions.Arrays
    private let normalizes: Bool
    private var places: TokenPlaces
    private let containers: Containers?
    private var frames: UnsafeMutablePointer<Frame>
    private var frameCapacity = 64
    private var depth = 0
    private var members = MemberStack()
    private let shapes = KnownShapes()
    /// For characters of a string with escapes.
    private var scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    private var scratchCapacity = 256
    /// The offsets of the quotes around the string that was read last.
    private var quotes: (open: UInt32, close: UInt32) = (0, 0)

    /// - Parameter containers: Where containers are noted; nil: nowhere.
    init(_ text: UnsafeBufferPointer<UInt8>, _ rules: ReadingRules, into containers: Containers?) {
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
        places = TokenPlaces(in: text)
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
    private mutating func value(_ path: UInt64) throws(JSONReadingError) -> UInt64 {
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
    private mutating func nextIs(_ byte: UInt8) throws(JSONReadingError) -> Bool {
        let place = try places.peek()
        return place != TokenPlaces.end && base[Int(place)] == byte
    }

    /// Takes what follows a member or element. nil: a comma; otherwise the place of the bracket.
    @inline(__always)
    private mutating func separator(_ closing: UInt8) throws(JSONReadingError) -> UInt32? {
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
    private mutating func string(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        let end = try places.advance()
        guard end != TokenPlaces.end, base[Int(end)] == UInt8(ascii: "\""), !normalizes else {
            return try unusualString(place, end)
        }
        quotes = (place, end)
        return ValueHash.bytes(base + Int(place) + 1, Int(end &- place) &- 1, keys)
    }

    /// One with escapes, or one that is to be normalised.
    @inline(never)
    private mutating func unusualString(_ place: UInt32, _ first: UInt32) throws(JSONReadingError) -> UInt64 {
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
    private mutating func number(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        let start = base + Int(place)
        var end = start
        guard let hash = numbers.scan(start, base + text.count, end: &end) else {
            throw wrongNumber(at: UInt32(end - base))
        }
        return hash
    }

    @inline(__always)
    private mutating func literal(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
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

    // Containers.

    @inline(__always)
    private mutating func open(
        isObject: Bool, at place: UInt32, _ path: UInt64, isNoted: Bool = true
    ) throws(JSONReadingError) {
        guard depth < maximumDepth else {
            throw failure("containers stand in each other more than \(maximumDepth) deep", at: place)
        }
        if depth == frameCapacity { growFrames() }
        let arrays = isObject ? .list : followsPaths ? followedArrays(path) : arraysAnywhere
        let frame = frames + depth
        // One by one: a frame as a whole would be copied from the stack.
        frame.pointee.isObject = isObject
        frame.pointee.arrays = arrays
        frame.pointee.start = place
        frame.pointee.container = isNoted ? containers?.open(at: place) ?? -1 : -1
        frame.pointee.firstMember = members.count
        frame.pointee.path = path
        frame.pointee.sum = 0
        frame.pointee.count = 0
        frame.pointee.index = 0
        frame.pointee.shape = 0
        depth &+= 1
    }

    @inline(never)
    private mutating func followedArrays(_ path: UInt64) -> JSONOptions.Arrays { rules.arrays(path) }

    @inline(never)
    private mutating func growFrames() {
        let larger = UnsafeMutablePointer<Frame>.allocate(capacity: frameCapacity * 2)
        larger.initialize(repeating: Frame(), count: frameCapacity * 2)
        larger.update(from: frames, count: depth)
        frames.deallocate()
        frames = larger
        frameCapacity *= 2
    }

    /// Reads a key and the colon; answers with where in the patterns its value is.
    @inline(__always)
    private mutating func key() throws(JSONReadingError) -> UInt64 {
        // Nearly all are a quote, a quote and a colon.
        if let three = places.three, base[Int(three[0])] == UInt8(ascii: "\""),
            base[Int(three[1])] == UInt8(ascii: "\""),
            base[Int(three[2])] == UInt8(ascii: ":"), !normalizes
        {
            quotes = (three[0], three[1])
            places.skipThree()
            note(key: ValueHash.bytes(base + Int(quotes.open) + 1, Int(quotes.close &- quotes.open) &- 1, keys))
        } else {
            try unusualKey()
        }
        return followsPaths ? memberPath() : 0
    }

    @inline(__always)
    private mutating func note(key hash: UInt64) {
        let frame = frames + (depth &- 1)
        frame.pointee.key = hash
        frame.pointee.shape = ValueHash.mix(frame.pointee.shape ^ hash, keys.pointee.member)
        members.push(hash)
    }

    @inline(never)
    private mutating func unusualKey() throws(JSONReadingError) {
        let place = try places.advance()
        guard place != TokenPlaces.end, base[Int(place)] == UInt8(ascii: "\"") else { throw missingKey(at: place) }
        note(key: try string(place))
        let colon = try places.advance()
        guard colon != TokenPlaces.end, base[Int(colon)] == UInt8(ascii: ":") else {
            throw failure("a colon has to stand here, between a key and its value", at: colon)
        }
    }

    @inline(never)
    private mutating func memberPath() -> UInt64 {
        let raw = UnsafeBufferPointer(rebasing: text[Int(quotes.open) + 1..<Int(quotes.close)])
        let frame = frames + (depth - 1)
        frame.pointee.memberPath = rules.patterns.advanced(frame.pointee.path) { name in
            StringContent.isEqual(raw, name)
        }
        return frame.pointee.memberPath
    }

    @inline(__always)
    private mutating func elementPath() -> UInt64 { followsPaths ? followedElementPath() : 0 }

    @inline(never)
    private mutating func followedElementPath() -> UInt64 {
        let frame = frames + (depth - 1)
        let index = frame.pointee.index
        frame.pointee.index += 1
        frame.pointee.memberPath = rules.patterns.advanced(frame.pointee.path) { $0 == String(index) }
        return frame.pointee.memberPath
    }

    /// Whether the member or element that was read is passed over.
    @inline(never)
    private mutating func ignoresMember() -> Bool { rules.ignores(frames[depth - 1].memberPath) }

    @inline(__always)
    private mutating func add(member hash: UInt64) {
        let frame = frames + (depth &- 1)
        if followsPaths, ignoresMember() { return }
        let pair = ValueHash.mix(frame.pointee.key ^ keys.pointee.member, hash ^ keys.pointee.object)
        if keepsMembers { members.setLast(pair: pair) }
        frame.pointee.sum &+= pair
        frame.pointee.count &+= 1
    }

    @inline(__always)
    private mutating func add(element: UInt64) {
        let frame = frames + (depth &- 1)
        var hash = element
        if followsPaths, ignoresMember() {
            guard frame.pointee.arrays == .list else { return }
            hash = keys.pointee.tail
        }
        frame.pointee.count &+= 1
        switch frame.pointee.arrays {
        case .list: frame.pointee.sum = ValueHash.mix(frame.pointee.sum ^ hash, keys.pointee.array)
        case .multiset: frame.pointee.sum &+= ValueHash.mix(hash ^ keys.pointee.member, keys.pointee.array)
        case .set: members.push(hash)
        }
    }

    /// Closes the innermost container with the bracket at a place; answers with its hash.
    @inline(__always)
    private mutating func close(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        depth &-= 1
        let frame = frames + depth
        let hash: UInt64
        if frame.pointee.isObject {
            if members.count &- frame.pointee.firstMember > 1, !shapes.contains(frame.pointee.shape) {
                try checkDuplicates(place)
            }
            hash = ValueHash.mix(frame.pointee.sum ^ keys.pointee.object, frame.pointee.count ^ keys.pointee.tail)
        } else {
            if frame.pointee.arrays == .set { sumSet() }
            hash = ValueHash.mix(frame.pointee.sum ^ keys.pointee.array, frame.pointee.count ^ keys.pointee.number)
        }
        members.truncate(to: frame.pointee.firstMember)
        if frame.pointee.container >= 0 { containers?.close(frame.pointee.container, end: place &+ 1, hash: hash) }
        return hash
    }

    /// Looks at the keys of the object that is being closed, whose frame is the first unused one.
    @inline(never)
    private mutating func checkDuplicates(_ end: UInt32) throws(JSONReadingError) {
        let frame = frames + depth
        let first = frame.pointee.firstMember
        guard members.hasDuplicates(from: first) else { return shapes.insert(frame.pointee.shape) }
        var sum: UInt64 = 0, count: UInt64 = 0
        func add(_ member: MemberStack.Member) {
            sum &+= member.pair
            count += member.pair == 0 ? 0 : 1
        }
        switch rules.options.duplicates {
        case .error: throw duplicate(in: Int(frame.pointee.start)..<Int(end) + 1)
        case .first: _ = members.distinct(from: first, add)
        case .last: _ = members.distinctFromLast(from: first, add)
        }
        (frame.pointee.sum, frame.pointee.count) = (sum, count)
    }

    /// What the elements of the array that is being closed come to as a set.
    @inline(never)
    private mutating func sumSet() {
        var sum: UInt64 = 0
        let keys = keys
        let count = members.distinct(from: frames[depth].firstMember) { element in
            sum &+= ValueHash.mix(element.key ^ keys.pointee.member, keys.pointee.array)
        }
        (frames[depth].sum, frames[depth].count) = (sum, UInt64(count))
    }

    // What is wrong.

    private func failure(_ problem: String, at place: UInt32) -> JSONReadingError {
        JSONReadingError(problem, at: place == TokenPlaces.end ? text.count : Int(place), in: text)
    }

    /// The place of a token as a message has it.
    private func found(_ place: UInt32) -> String {
        guard place != TokenPlaces.end else { return "the end of the text" }
        let byte = base[Int(place)]
        return (0x21...0x7E).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "the byte \(byte)"
    }

    @inline(never)
    private func missingValue(at place: UInt32) -> JSONReadingError {
        if place == TokenPlaces.end {
            return failure(
                depth == 0 ? "there is no value" : "the text ends before its value does: is it cut off?", at: place)
        }
        return failure("a value has to stand here, not \(found(place))", at: place)
    }

    @inline(never)
    private func missingKey(at place: UInt32) -> JSONReadingError {
        failure("a key in quotes has to stand here, not \(found(place))", at: place)
    }

    @inline(never)
    private func missingSeparator(_ closing: UInt8, at place: UInt32) -> JSONReadingError {
        failure(
            "a comma or '\(Character(UnicodeScalar(closing)))' has to stand here, not \(found(place))"
                + (place == TokenPlaces.end ? ": is the text cut off?" : ""), at: place)
    }

    @inline(never)
    private func wrongNumber(at place: UInt32) -> JSONReadingError {
        failure("this is no number as JSON has them: a digit is missing, or something is behind it", at: place)
    }

    @inline(never)
    private func duplicate(in object: Range<Int>) -> JSONReadingError {
        var seen: [[UInt8]: UInt32] = [:]
        let scanner = TextScanner(base: base, count: text.count)
        var cursor = ChildCursor(scanner, object, nil, index: nil)
        while let child = cursor.advance() {
            let raw = UnsafeBufferPointer(rebasing: text[Int(child.keyStart) + 1..<Int(child.keyEnd) - 1])
            var wrong = 0
            var key = StringContent.unescaped(raw, wrong: &wrong) ?? []
            if normalizes { key = StringContent.normalized(key) }
            if let first = seen[key] {
                let place = failure("", at: first)
                return failure(
                    "the object has this key already, at line \(place.line), column \(place.column); "
                        + "say which one counts (duplicates)", at: child.keyStart)
            }
            seen[key] = child.keyStart
        }
        return failure("the object has a key more than once", at: UInt32(object.lowerBound))
    }
}
