/// Scripts without what only people need: comments that have a line of their own, indentation, spaces and line ends
/// beside signs, and long names.
///
/// Texts in quotes stay as they are. A regular expression must hold neither spaces nor quotes, and a name that is
/// shortened must be no key of an object.
struct SqueezedScript {
    /// Names that become `A`, `B` and so on, after `Z` with another letter before it.
    let names: [String]

    /// Returns one script made of parts.
    func text(of parts: [String]) -> String {
        let lines = parts.joined(separator: "\n").split(separator: "\n").map { line in line.drop { $0 == " " } }
        let code = lines.filter { !$0.hasPrefix("//") }.joined(separator: "\n")
        let squeezed = Self.squeezed(Array(code.unicodeScalars))
        return renamed(squeezed).replacing(/\((\w+)\)=>/) { "\($0.output.1)=>" }
    }

    private static func squeezed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var squeezed: [Unicode.Scalar] = []
        var quote: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            if quote == nil, let last = squeezed.last, index + 1 < scalars.count {
                let next = scalars[index + 1]
                if scalar == " ", !isInName(last) || !isInName(next) { continue }
                let isInside = "{[,;(=+?:&|>".unicodeScalars.contains(last) || "}?:.+)".unicodeScalars.contains(next)
                if scalar == "\n", isInside { continue }
            }
            if quote == nil, scalar == "}", squeezed.last == ";" { squeezed.removeLast() }
            if quote == scalar {
                quote = nil
            } else if quote == nil, isQuote(scalar) {
                quote = scalar
            }
            squeezed.append(scalar)
        }
        return squeezed
    }

    private func renamed(_ scalars: [Unicode.Scalar]) -> String {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { String($0) }
        let codes = letters + letters.flatMap { first in letters.map { first + $0 } }
        var short = Dictionary(uniqueKeysWithValues: zip(names, codes))
        // Whoever reads the script squeezed does not write to it.
        short["const"] = "let"
        var text = String.UnicodeScalarView()
        // The quotes, and the braces of code, that the scalar is in: code may be in a text in backquotes.
        var inside: [Unicode.Scalar] = []
        var name = String.UnicodeScalarView()
        for scalar in scalars + [" "] {
            let isInCode = inside.last.map { !Self.isQuote($0) } ?? true
            if isInCode, Self.isInName(scalar) {
                name.append(scalar)
                continue
            }
            if !name.isEmpty {
                // After one dot it is somebody's member, after three it is what is spread.
                let isMember = text.last == "." && !text.suffix(3).elementsEqual("...".unicodeScalars)
                if !isMember, let code = short[String(name)] { text += code.unicodeScalars } else { text += name }
                name.removeAll()
            }
            if isInCode, scalar == "{" || Self.isQuote(scalar) {
                inside.append(scalar)
            } else if scalar == (isInCode ? "}" : inside.last) {
                _ = inside.popLast()
            } else if inside.last == "`", scalar == "{", text.last == "$" {
                inside.append(scalar)
            }
            text.append(scalar)
        }
        return String(text.dropLast())
    }

    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool { scalar == "\"" || scalar == "'" || scalar == "`" }

    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_" || scalar == "$"
    }
}
