/// Walks a text that was checked already, token by token.
struct TextScanner {
    let base: UnsafePointer<UInt8>
    let count: Int

    /// The first byte from a place on that is no white space.
    @inline(__always)
    func token(from place: Int) -> Int {
        var at = place
        while at < count, base[at] <= 0x20 { at &+= 1 }
        return at
    }

    /// Whether a closing bracket follows the comma at a place.
    func isBeforeClosing(_ comma: Int) -> Bool {
        let next = token(from: comma + 1)
        return next < count && (base[next] == UInt8(ascii: "]") || base[next] == UInt8(ascii: "}"))
    }

    /// The place behind the string whose quote is at a place.
    @inline(__always)
    func stringEnd(_ place: Int) -> Int {
        var at = place &+ 1
        let raw = UnsafeRawPointer(base)
        while true {
            while at &+ 8 <= count {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                let found = Self.has(word ^ 0x2222_2222_2222_2222) | Self.has(word ^ 0x5C5C_5C5C_5C5C_5C5C)
                guard found == 0 else {
                    at &+= found.trailingZeroBitCount >> 3
                    break
                }
                at &+= 8
            }
            if base[at] == UInt8(ascii: "\"") { return at &+ 1 }
            at &+= base[at] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    /// The place behind the string whose quote is at a place, or the end of a text that was not checked.
    func checkedStringEnd(_ place: Int) -> Int {
        var at = place + 1
        while at < count, base[at] != UInt8(ascii: "\"") { at += base[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at + 1, count)
    }

    /// The place behind the comment that begins at a place with `/*`. nil: it has no end.
    func commentEnd(_ place: Int) -> Int? {
        var at = place + 2
        while at + 1 < count {
            if base[at] == UInt8(ascii: "*"), base[at + 1] == UInt8(ascii: "/") { return at + 2 }
            at += 1
        }
        return nil
    }

    /// The high bit of each byte that is 0, the lowest such byte right.
    @inline(__always)
    private static func has(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// The place behind the number or literal that begins at a place.
    @inline(__always)
    func scalarEnd(_ place: Int) -> Int {
        var at = place &+ 1
        while at < count, !NumberScanner.endsNumber(base[at]) { at &+= 1 }
        return at
    }

    /// The place behind the container whose bracket is at a place.
    func containerEnd(_ place: Int) -> Int {
        var depth = 0
        var at = place
        while true {
            switch base[at] {
            case UInt8(ascii: "\""):
                at = stringEnd(at)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
    }

    /// The place behind the value that begins at a place.
    func valueEnd(_ place: Int) -> Int {
        switch base[place] {
        case UInt8(ascii: "\""): stringEnd(place)
        case UInt8(ascii: "{"), UInt8(ascii: "["): containerEnd(place)
        default: scalarEnd(place)
        }
    }
}
