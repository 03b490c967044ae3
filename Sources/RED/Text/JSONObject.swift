/// A flat JSON object that keeps the order its members were given in.
struct JSONObject {
    /// What a member may hold.
    enum Value {
        case number(Int)
        case text(String)
    }

    let members: [(name: String, value: Value)]

    /// The object as RFC 8259 text, without line breaks.
    var text: String {
        let parts = members.map { member in
            switch member.value {
            case .number(let number): "\(Self.quoted(member.name)):\(number)"
            case .text(let text): "\(Self.quoted(member.name)):\(Self.quoted(text))"
            }
        }
        return "{\(parts.joined(separator: ","))}"
    }

    /// A JSON string: quotes, backslashes and control characters escaped (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
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
