/// Reads JSON (RFC 8259) from its beginning to its end, strictly, without building a tree.
struct EventScanner {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    /// How deep containers may be in each other.
    private static let deepest = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an object; `member` is given each name and reads the value. A name that is there twice is an error.
    mutating func object(
        _ member: (_ name: String, inout EventScanner) throws(EventMistake) -> Void
    ) throws(EventMistake) {
        guard next() == UInt8(ascii: "{") else { throw wrong("an object is missing") }
        try enter()
        defer { depth -= 1 }
        var names: [String] = []
        if peek() == UInt8(ascii: "}") {
            place += 1
            return
        }
        while true {
            let name = try text()
            guard !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw EventMistake(member: name, detail: "it is there twice")
            }
            guard names.count < 256 else { throw wrong("an object has more than 256 members") }
            names.append(name)
            guard next() == UInt8(ascii: ":") else { throw wrong("a ':' is missing") }
            try member(name, &self)
            switch next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return
            default: throw wrong("a ',' or '}' is missing")
            }
        }
    }

    /// Reads a string that is a member's value.
    mutating func string(_ member: String) throws(EventMistake) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw EventMistake(member: member, detail: "it is not a string") }
        do {
            return try text()
        } catch {
            throw EventMistake(member: member, detail: error.detail)
        }
    }

    /// Reads a whole number, written without fraction and exponent, that is a member's value.
    mutating func integer(_ member: String) throws(EventMistake) -> Int {
        _ = peek()
        let start = place
        try skip()
        guard bytes[start] == UInt8(ascii: "-") || (48...57).contains(bytes[start]),
            let value = Int(String(decoding: bytes[start..<place], as: UTF8.self))
        else { throw EventMistake(member: member, detail: "it is not a whole number of 64 bits") }
        return value
    }

    /// Passes over a value.
    mutating func skip() throws(EventMistake) {
        switch peek() {
        case UInt8(ascii: "{"): try object { (_, scanner) throws(EventMistake) in try scanner.skip() }
        case UInt8(ascii: "["): try skipArray()
        case UInt8(ascii: "\""): _ = try text()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try skipNumber()
        }
    }

    /// Only white space may follow.
    mutating func end() throws(EventMistake) {
        guard peek() == nil else { throw wrong("there is something behind the object") }
    }

    // MARK: Tokens

    private mutating func enter() throws(EventMistake) {
        depth += 1
        guard depth <= Self.deepest else { throw wrong("it is deeper than \(Self.deepest) levels") }
    }

    private mutating func skipArray() throws(EventMistake) {
        place += 1
        try enter()
        defer { depth -= 1 }
        if peek() == UInt8(ascii: "]") {
            place += 1
            return
        }
        while true {
            try skip()
            switch next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return
            default: throw wrong("a ',' or ']' is missing")
            }
        }
    }

    private mutating func word(_ word: StaticString) throws(EventMistake) {
        let end = min(bytes.count, place + word.utf8CodeUnitCount)
        guard word.withUTF8Buffer({ bytes[place..<end].elementsEqual($0) }) else { throw wrong("a value is wrong") }
        place = end
    }

    private mutating func skipNumber() throws(EventMistake) {
        if current == UInt8(ascii: "-") { place += 1 }
        if current == UInt8(ascii: "0") { place += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            place += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(EventMistake) {
        guard let byte = current, (48...57).contains(byte) else { throw wrong("a value is wrong") }
        while let byte = current, (48...57).contains(byte) { place += 1 }
    }

    private mutating func text() throws(EventMistake) -> String {
        guard next() == UInt8(ascii: "\"") else { throw wrong("a string is missing") }
        let start = place
        while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
        guard let byte = current, byte >= 0x20 else { throw wrong("a string has no end, or a control character in it") }
        if byte == UInt8(ascii: "\"") {
            defer { place += 1 }
            return try valid(bytes[start..<place])
        }
        return try escapedText(Array(bytes[start..<place]))
    }

    private mutating func escapedText(_ beginning: [UInt8]) throws(EventMistake) -> String {
        var content = beginning
        while let byte = current, byte >= 0x20 {
            place += 1
            if byte == UInt8(ascii: "\"") { return try valid(content[...]) }
            if byte == UInt8(ascii: "\\") { try escape(&content) } else { content.append(byte) }
        }
        throw wrong("a string has no end, or a control character in it")
    }

    private func valid(_ content: ArraySlice<UInt8>) throws(EventMistake) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw wrong("a string is not UTF-8") }
        return text
    }

    private mutating func escape(_ content: inout [UInt8]) throws(EventMistake) {
        guard let byte = current else { throw wrong("a string has no end") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code), bytes[place...].starts(with: "\\u".utf8) {
                place += 2
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw wrong("a string has half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw wrong("a string has half of a surrogate pair") }
            content += Array(String(Character(scalar)).utf8)
        default: throw wrong("a string has an escape that JSON has not")
        }
    }

    private mutating func hexadecimal() throws(EventMistake) -> UInt32 {
        let digits = bytes[place..<min(bytes.count, place + 4)]
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) || (97...102).contains(byte | 0x20) }
        guard digits.count == 4, digits.allSatisfy(isDigit),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw wrong("a string has an escape that JSON has not") }
        place += 4
        return code
    }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func peek() -> UInt8? {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
        return current
    }

    private mutating func next() -> UInt8? {
        let byte = peek()
        if byte != nil { place += 1 }
        return byte
    }

    private func wrong(_ detail: String) -> EventMistake { EventMistake(detail: "at byte \(place): \(detail)") }
}
