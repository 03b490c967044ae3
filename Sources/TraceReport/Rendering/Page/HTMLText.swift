/// Text for pages.
enum HTMLText {
    /// Returns text out of a log as it is shown: printable, and its middle left out where it is long.
    static func shown(_ text: String, columns: Int = 160) -> String {
        SafeText.middleTruncated(SafeText.escaped(text), to: columns)
    }

    /// Returns text out of a log for an element or an attribute, whole.
    static func printed(_ text: String) -> String { escaped(SafeText.escaped(text)) }

    /// Returns printable text for an element or an attribute.
    static func escaped(_ shown: String) -> String {
        var safe = ""
        safe.reserveCapacity(shown.utf8.count)
        for scalar in shown.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// Returns JSON in which nothing ends a script element or begins a tag: these characters stand in its strings only.
    static func escapedJSON(_ json: String) -> String {
        var safe = ""
        safe.reserveCapacity(json.utf8.count)
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<": safe += "\\u003c"
            case ">": safe += "\\u003e"
            case "&": safe += "\\u0026"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }
}
