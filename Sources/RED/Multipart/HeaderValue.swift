/// A header's value with its parameters: `multipart/form-data; boundary="a b"` (RFC 9110, section 5.6.6).
struct HeaderValue {
    /// What is before the first semicolon, in lower case.
    let value: String
    /// The parameters by their names in lower case; of two with the same name the first.
    let parameters: [String: String]

    /// Reads a value; what does not follow the syntax is passed over.
    init(_ text: some StringProtocol) {
        var parts = Self.split(text)
        value = Self.trimmed(parts.removeFirst()).lowercased()
        var parameters: [String: String] = [:]
        for part in parts {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(String(part[..<equals])).lowercased()
            let value = Self.trimmed(String(part[part.index(after: equals)...]))
            if parameters[name] == nil { parameters[name] = Self.unquoted(value) }
        }
        self.parameters = parameters
    }

    /// The pieces between the semicolons that are not in quotes; at least one.
    private static func split(_ text: some StringProtocol) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == ";", !isQuoted {
                pieces.append("")
                continue
            }
            pieces[pieces.count - 1].append(character)
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = isQuoted
            } else if character == "\"" {
                isQuoted.toggle()
            }
        }
        return pieces
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var result = text.drop(while: isBlank)
        while let last = result.last, isBlank(last) { result.removeLast() }
        return String(result)
    }

    /// The text without its quotes and the backslashes that quote single characters.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            isEscaped = character == "\\" && !isEscaped
            if !isEscaped { result.append(character) }
        }
        return result
    }
}
