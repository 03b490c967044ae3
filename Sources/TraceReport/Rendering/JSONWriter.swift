/// Writes JSON (RFC 8259) with keys in the order they are given.
///
/// Besides what JSON demands, everything is escaped that a terminal or a browser might obey: see ``SafeText``.
struct JSONWriter {
    private(set) var text = ""
    private var needsComma = false

    mutating func object(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) { nested(key, "{", "}", body) }
    mutating func array(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) { nested(key, "[", "]", body) }

    mutating func member(_ key: String, _ value: UInt64) { literal(key, String(value)) }

    /// A number that may be unknown, which is `null`.
    mutating func member(_ key: String, _ value: UInt64?) { literal(key, value.map { String($0) } ?? "null") }

    /// A finite number.
    mutating func member(_ key: String, _ value: Double) { literal(key, "\(value)") }

    mutating func member(_ key: String, _ value: String?) {
        literal(key, value.map(Self.quoted) ?? "null")
    }

    /// The bounds of an interval, or `null`.
    mutating func member(_ key: String, _ interval: ClosedRange<UInt64>?) {
        guard let interval else { return literal(key, "null") }
        array(key) { json in
            json.element(interval.lowerBound)
            json.element(interval.upperBound)
        }
    }

    /// The bounds of an interval, or `null`.
    mutating func member(_ key: String, _ interval: ShareInterval?) {
        literal(key, interval.map { "[\($0.lower),\($0.upper)]" } ?? "null")
    }

    /// A truth value.
    mutating func member(_ key: String, _ value: Bool) { literal(key, value ? "true" : "false") }

    /// A number that may be unknown, which is `null`; finite.
    mutating func member(_ key: String, _ value: Double?) { literal(key, value.map { "\($0)" } ?? "null") }

    /// The members `name`, `function`, `file` and `line`.
    mutating func members(of place: FunctionPlace) {
        member("name", place.name)
        member("function", place.function)
        member("file", place.file)
        member("line", place.line)
    }

    /// A number of an array.
    mutating func element(_ value: UInt64) { literal(nil, String(value)) }

    /// A number of an array that may be negative.
    mutating func element(_ value: Int64) { literal(nil, String(value)) }

    /// A number of an array that may be unknown, which is `null`.
    mutating func element(_ value: UInt64?) { literal(nil, value.map { String($0) } ?? "null") }

    /// A string of an array.
    mutating func element(_ value: String) { literal(nil, Self.quoted(value)) }

    /// Returns a string in quotation marks.
    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where SafeText.isPrintable(scalar): text.unicodeScalars.append(scalar)
            default: for unit in Character(scalar).utf16 { text += escape(unit) }
            }
        }
        return text + "\""
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private mutating func literal(_ key: String?, _ value: String) {
        begin(key)
        text += value
    }

    private mutating func nested(_ key: String?, _ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        begin(key)
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func begin(_ key: String?) {
        if needsComma { text += "," }
        needsComma = true
        if let key { text += Self.quoted(key) + ":" }
    }
}
