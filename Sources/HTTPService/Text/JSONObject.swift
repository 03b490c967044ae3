/// A JSON object that keeps the order its members were given in.
package struct JSONObject: Sendable {
    /// What a member may hold.
    package enum Value: Sendable {
        case null
        case flag(Bool)
        case number(Int)
        case text(String)
        case array([Value])
        case object([(name: String, value: Value)])
        /// A text that is JSON already.
        case json(String)

        /// The value as RFC 8259 text, without line breaks.
        package var text: String {
            switch self {
            case .null: "null"
            case .flag(let flag): flag ? "true" : "false"
            case .number(let number): "\(number)"
            case .text(let text): JSONObject.quoted(text)
            case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
            case .object(let members): JSONObject(members: members).text
            case .json(let text): text
            }
        }
    }

    package let members: [(name: String, value: Value)]

    package init(members: [(name: String, value: Value)]) {
        self.members = members
    }

    /// The object as RFC 8259 text, without line breaks.
    package var text: String {
        "{\(members.map { "\(Self.quoted($0.name)):\($0.value.text)" }.joined(separator: ","))}"
    }

    /// A JSON string: quotes, backslashes and control characters escaped (RFC 8259, section 7).
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
