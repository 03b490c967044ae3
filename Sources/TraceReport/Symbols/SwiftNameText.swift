/// The texts around Swift's names.
enum SwiftNameText {
    /// Returns a mangled name whose private declarations have no file of their own: `33_` and 32 hexadecimal digits before
    /// `LL` become digits 0, which refer to nothing; people do not read them.
    static func withoutDiscriminators(_ name: String) -> String {
        var bytes = Array(name.utf8)
        let start = Array("33_".utf8)
        guard bytes.count >= 37 else { return name }
        for index in 0...(bytes.count - 37) where bytes[index] == start[0] {
            guard bytes[index..<(index + 3)].elementsEqual(start), bytes[index + 35] == UInt8(ascii: "L"),
                bytes[(index + 3)..<(index + 35)].allSatisfy(isHexadecimal)
            else { continue }
            for digit in (index + 3)..<(index + 35) { bytes[digit] = UInt8(ascii: "0") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }

    private static let privateMark = " in _" + String(repeating: "0", count: 32)

    /// Returns a demangled name without what the compiler made of the function: the pieces of an async function between
    /// suspensions, and its specialised copies, are called like the function.
    static func simplified(_ name: String) -> String {
        var rest = name[...]
        while let shorter = withoutPrefix(rest) { rest = shorter }
        return withoutPrivateMarks(rest)
    }

    private static func withoutPrefix(_ name: Substring) -> Substring? {
        if name.first == "(", let end = name.firstIndex(of: ")"), name[..<end].dropFirst().allSatisfy(\.isNumber) {
            let after = name[name.index(after: end)...]
            for piece in [" suspend resume partial function for ", " await resume partial function for "]
            where after.hasPrefix(piece) { return after.dropFirst(piece.count) }
        }
        if name.hasPrefix("merged ") { return name.dropFirst("merged ".count) }
        for copy in [
            "generic specialization <", "generic not re-abstracted specialization <",
            "generic partial specialization <", "function signature specialization <",
        ] where name.hasPrefix(copy) {
            return afterBrackets(name.dropFirst(copy.count))
        }
        return nil
    }

    /// What follows `> of ` where the bracket that is open closes; arrows are no brackets.
    private static func afterBrackets(_ text: Substring) -> Substring? {
        var depth = 1
        var previous: Character = " "
        for index in text.indices {
            switch text[index] {
            case "<": depth += 1
            case ">" where previous != "-": depth -= 1
            default: break
            }
            previous = text[index]
            guard depth == 0 else { continue }
            let rest = text[text.index(after: index)...]
            return rest.hasPrefix(" of ") ? rest.dropFirst(4) : nil
        }
        return nil
    }

    /// `(name in _0…0)` becomes `name`.
    private static func withoutPrivateMarks(_ name: Substring) -> String {
        var text = String(name)
        while let mark = text.firstRange(of: privateMark + ")"), let open = text[..<mark.lowerBound].lastIndex(of: "(")
        {
            text.removeSubrange(mark)
            text.remove(at: open)
        }
        return text
    }
}
