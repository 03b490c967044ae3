/// The header `tracestate`: what other tracers have to say of a trace, `vendor=value,tenant@system=value`.
enum TraceState {
    static let header = "tracestate"

    private static let mostMembers = 32
    private static let longestKey = 256
    private static let longestTenant = 241
    private static let longestSystem = 14
    private static let longestValue = 256

    /// Returns the header unchanged, if it is one; nil: it is not, and must not be handed on.
    static func checked(_ text: String) -> String? {
        var keys: Set<Substring> = []
        var members = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let member = part.drop(while: isBlank)
            if member.isEmpty { continue }
            members += 1
            guard members <= mostMembers, let equals = member.firstIndex(of: "=") else { return nil }
            let key = member[..<equals]
            var value = member[member.index(after: equals)...]
            while let last = value.last, isBlank(last) { value.removeLast() }
            guard isKey(key), isValue(value), keys.insert(key).inserted else { return nil }
        }
        return members > 0 ? text : nil
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, key.utf8.allSatisfy(isKeyByte) else {
            return false
        }
        guard parts.count == 2 else { return isLetter(first.first) && first.count <= longestKey }
        let isTenant = (isLetter(first.first) || isDigit(first.first)) && first.count <= longestTenant
        return isTenant && isLetter(parts[1].first) && parts[1].count <= longestSystem
    }

    /// Printable ASCII but for comma and equals sign; blanks inside, not at the end.
    private static func isValue(_ value: Substring) -> Bool {
        let bytes = value.utf8
        return !bytes.isEmpty && bytes.count <= longestValue
            && bytes.allSatisfy { 0x20...0x7e ~= $0 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "_-*/@".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8?) -> Bool {
        byte.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } ?? false
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
    }
}
