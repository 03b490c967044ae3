/// A JSON value for tests, kept as it is meant and written in many ways. Shallow: it is walked on the thread's stack.
package indirect enum Sample: Sendable {
    case null
    case bool(Bool)
    /// As it is spelled.
    case number(String)
    /// UTF-16, in which a surrogate needs no other half.
    case string([UInt16])
    case array([Sample])
    case object([Member])

    package struct Member: Sendable {
        package var key: [UInt16]
        package var value: Sample

        package init(key: [UInt16], value: Sample) { (self.key, self.value) = (key, value) }
    }

    /// Of a string, for what is written in a test.
    package static func text(_ text: String) -> Sample { .string(Array(text.utf16)) }

    /// How many values it has, itself included.
    package var count: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.count }
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        default: 1
        }
    }
}

/// What is equal: an oracle for ``JSONOptions``, that builds a text for each value that only equal ones have.
package struct SampleEquality: Sendable {
    package enum Arrays: Sendable { case list, set, multiset }

    package var arrays = Arrays.list
    /// Members with these names are passed over, wherever they are.
    package var ignoredNames: Set<String> = []
    /// Names of members that count only below the root's own members.
    package var ignoredAtRoot: Set<String> = []

    package init(arrays: Arrays = .list) { self.arrays = arrays }

    /// The same text for values that are equal, another for others.
    package func canonical(_ sample: Sample) -> String { canonical(sample, isRoot: true) }

    private func canonical(_ sample: Sample, isRoot: Bool) -> String {
        switch sample {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let spelling): return Self.canonical(number: spelling)
        case .string(let units): return Self.canonical(units)
        case .array(let elements):
            var all = elements.map { canonical($0, isRoot: false) }
            if arrays != .list { all.sort() }
            if arrays == .set {
                all = all.enumerated().filter { $0 == 0 || all[$0 - 1] != $1 }.map(\.element)
            }
            return "[" + all.joined(separator: ",") + "]"
        case .object(let members):
            let counted = members.filter { member in
                let name = String(decoding: member.key, as: UTF16.self)
                return !ignoredNames.contains(name) && !(isRoot && ignoredAtRoot.contains(name))
            }
            let all = counted.map { Self.canonical($0.key) + ":" + canonical($0.value, isRoot: false) }
            return "{" + all.sorted().joined(separator: ",") + "}"
        }
    }

    /// For each unit a character of the private plane 15, which nothing is equal to but itself.
    private static func canonical(_ units: [UInt16]) -> String {
        var scalars = String.UnicodeScalarView("'".unicodeScalars)
        for unit in units { scalars.append(UnicodeScalar(0xF0000 + UInt32(unit)) ?? "?") }
        scalars.append("'")
        return String(scalars)
    }

    /// Digits without zeros at their ends, and the power of ten of the last.
    private static func canonical(number spelling: String) -> String {
        let parts = spelling.lowercased().split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1].drop { $0 == "+" }) ?? 0 : 0
        let isNegative = parts[0].hasPrefix("-")
        let mantissa = parts[0].drop { $0 == "-" }.split(separator: ".")
        var digits = Array(mantissa.joined())
        if mantissa.count > 1 { exponent -= mantissa[1].count }
        while digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        digits = Array(digits.drop { $0 == "0" })
        return digits.isEmpty ? "0" : (isNegative ? "-" : "") + String(digits) + "e\(exponent)"
    }
}
