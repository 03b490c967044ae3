/// Bytes that strace wrote, from some place on.
struct StraceText {
    private(set) var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes
    }

    var peek: UInt8? { rest.first }

    var peekIsDigit: Bool { rest.first.map(Self.isDigit) ?? false }

    func startsWith(_ text: StaticString) -> Bool {
        rest.count >= text.utf8CodeUnitCount
            && rest.prefix(text.utf8CodeUnitCount)
                .elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private mutating func advance(_ count: Int) { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }

    private mutating func drop(_ count: Int) {
        rest = UnsafeRawBufferPointer(rebasing: rest[..<(rest.count - count)])
        trimEnd()
    }

    /// Moves over a text; false: something else is there.
    @discardableResult
    mutating func skip(_ text: StaticString) -> Bool {
        guard startsWith(text) else { return false }
        advance(text.utf8CodeUnitCount)
        return true
    }

    mutating func skipByte() { advance(1) }

    mutating func skipSpaces() {
        advance(rest.firstIndex { $0 != UInt8(ascii: " ") } ?? rest.count)
    }

    /// Moves behind a byte; false: there is none within what strace puts there.
    @discardableResult
    mutating func skip(through byte: UInt8) -> Bool {
        guard let end = rest.prefix(48).firstIndex(of: byte) else { return false }
        advance(end + 1)
        return true
    }

    mutating func takeNumber() -> UInt64? {
        var value: UInt64 = 0
        var count = 0
        while count < rest.count, Self.isDigit(rest[count]) {
            // Longer numbers are none of strace's.
            guard count < 18 else { return nil }
            value = value * 10 + UInt64(rest[count] - UInt8(ascii: "0"))
            count += 1
        }
        guard count > 0 else { return nil }
        advance(count)
        return value
    }

    /// Moves behind the rest of `07:53:22.124998`.
    mutating func skipTimeOfDay() {
        let isOfTime = { (byte: UInt8) in Self.isDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") }
        advance(rest.firstIndex { !isOfTime($0) } ?? rest.count)
    }

    /// Takes a full stop and the digits behind it, as nanoseconds.
    mutating func takeFraction() -> (nanoseconds: UInt64, digits: Int)? {
        guard peek == UInt8(ascii: ".") else { return nil }
        advance(1)
        let before = rest.count
        guard var value = takeNumber() else { return nil }
        let digits = before - rest.count
        guard digits <= 9 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return (value, digits)
    }

    /// Takes a name of a system call or an error.
    mutating func takeName() -> UnsafeRawBufferPointer {
        var count = 0
        while count < rest.count, count < 48, Self.isOfName(rest[count]) { count += 1 }
        let name = UnsafeRawBufferPointer(rebasing: rest[..<count])
        advance(count)
        return name
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }
}

extension StraceText {
    mutating func trimEnd() {
        var count = rest.count
        while count > 0, [0x20, 0x0d, 0x09].contains(rest[count - 1]) { count -= 1 }
        rest = UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    /// Takes a text off the end; false: it does not end so.
    mutating func dropEnd(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard rest.count >= count,
            rest.suffix(count).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { return false }
        drop(count)
        return true
    }

    /// Takes `strace: Process 14248 attached` off the end, which strace writes into a line of standard error.
    mutating func dropAttached() -> Bool {
        guard dropEnd(" attached") else { return false }
        var count = rest.count
        while count > 0, Self.isDigit(rest[count - 1]) { count -= 1 }
        drop(rest.count - count)
        return dropEnd("strace: Process")
    }

    /// Takes ` <0.006559>` off the end, and returns nanoseconds; nil: the line does not end so.
    mutating func dropDuration() -> UInt64? {
        guard rest.last == UInt8(ascii: ">"),
            let open = rest.suffix(32).lastIndex(of: UInt8(ascii: "<")), open > 0, rest[open - 1] == UInt8(ascii: " ")
        else { return nil }
        var text = StraceText(UnsafeRawBufferPointer(rebasing: rest[(open + 1)...]))
        guard let seconds = text.takeNumber(), seconds < 1_000_000_000 else { return nil }
        let fraction = text.takeFraction()?.nanoseconds ?? 0
        guard text.rest.count == 1 else { return nil }
        drop(rest.count - open)
        return seconds * 1_000_000_000 + fraction
    }

    /// Moves behind the parenthesis that closes a call's arguments, and returns them; nil: it is not there.
    mutating func skipArguments() -> UnsafeRawBufferPointer? {
        let start = rest
        var depth = 1
        var previous: UInt8 = 0
        while let byte = rest.first {
            let isDescription = byte == UInt8(ascii: "<") && Self.isOfName(previous) && rest.dropFirst().first != byte
            previous = byte
            if isDescription {
                skipDescription()
                continue
            }
            if byte == UInt8(ascii: "\"") {
                skipString()
                continue
            }
            advance(1)
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return UnsafeRawBufferPointer(rebasing: start[..<(start.count - rest.count - 1)]) }
        }
        return nil
    }

    /// Moves behind a string in quotation marks, and returns what is in it.
    @discardableResult
    mutating func skipString() -> UnsafeRawBufferPointer {
        var count = 1
        while count < rest.count, rest[count] != UInt8(ascii: "\"") {
            count += rest[count] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(count, rest.count)
        let string = UnsafeRawBufferPointer(rebasing: rest[min(1, end)..<end])
        advance(min(end + 1, rest.count))
        return string
    }

    /// Moves behind what -y says of a descriptor or -Y of a thread, and returns what is in it. There `<` and `>` of a name are
    /// escaped; of an address, as in `TCP:[127.0.0.1:5->127.0.0.1:7]`, `->` is not, nor what is in quotation marks.
    @discardableResult
    mutating func skipDescription() -> UnsafeRawBufferPointer {
        let start = rest
        let isAddress = Self.isAddress(start.dropFirst())
        var depth = 0
        var isInString = false
        var index = 0
        while index < rest.count {
            let byte = rest[index]
            index += byte == UInt8(ascii: "\\") ? 2 : 1
            if isAddress, byte == UInt8(ascii: "\"") { isInString.toggle() }
            if isInString { continue }
            if byte == UInt8(ascii: "<") { depth += 1 }
            let isArrow = isAddress && index > 1 && rest[index - 2] == UInt8(ascii: "-")
            if byte == UInt8(ascii: ">"), !isArrow { depth -= 1 }
            if depth == 0 { break }
        }
        let end = min(index, rest.count)
        advance(end)
        return UnsafeRawBufferPointer(rebasing: start[min(1, end)..<max(min(1, end), end - 1)])
    }

    /// Whether a description is of the form `TCP:[…]`.
    private static func isAddress(_ description: Slice<UnsafeRawBufferPointer>) -> Bool {
        var index = description.startIndex
        while index < description.endIndex, isOfName(description[index]) || description[index] == UInt8(ascii: "-") {
            index += 1
        }
        return description[index...].prefix(2).elementsEqual(":[".utf8)
    }
}
