import TraceLog

/// What a series is known by.
struct SeriesKey: Hashable, Sendable {
    /// What is written of it.
    enum Kind: String, Sendable {
        case counter
        case sum
        case gauge
        case recorder
        case timer
    }

    /// A name and value.
    struct Dimension: Hashable, Comparable, Sendable {
        var name: String
        var value: String

        static func < (left: Dimension, right: Dimension) -> Bool {
            (left.name, left.value) < (right.name, right.value)
        }
    }

    let kind: Kind
    let label: String
    /// In order, so that it does not matter which one was given first.
    let dimensions: [Dimension]

    init(_ kind: Kind, _ label: String, _ dimensions: [(String, String)]) {
        self.kind = kind
        self.label = label
        let dimensions = dimensions.map { Dimension(name: $0.0, value: $0.1) }
        self.dimensions = dimensions.count > 1 ? dimensions.sorted() : dimensions
    }

    /// How many bytes a name may take in the log, escapes and all; the format cuts longer ones, and two might become one.
    static let maximumBytes = RecordFormat.maximumValueBytes - "%E2%80%A6".utf8.count - 3

    /// Whether its name comes whole into the log.
    var isShort: Bool {
        // Hostile text may be long: it is not written out to be measured.
        let parts = dimensions.reduce(label.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard parts <= Self.maximumBytes else { return false }
        return name.utf8.reduce(0) { $0 + (FieldText.isPlain($1) ? 1 : 3) } <= Self.maximumBytes
    }

    /// Its name in the log: `counter:hb.requests{http.request.method=GET,http.route=/}`. A backslash stands before `{` in
    /// the label, and before `,` and `=` in dimensions, and before itself, so that no two keys have the same name.
    var name: String {
        var name = kind.rawValue + ":" + Self.escaped(label, besides: "{")
        guard !dimensions.isEmpty else { return name }
        name += "{"
        for (place, dimension) in dimensions.enumerated() {
            if place > 0 { name += "," }
            name += Self.escaped(dimension.name, besides: ",=") + "=" + Self.escaped(dimension.value, besides: ",=")
        }
        return name + "}"
    }

    private static func escaped(_ text: String, besides special: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "\\" || special.unicodeScalars.contains($0) }) else {
            return text
        }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\\" || special.unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
