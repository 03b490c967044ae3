/// Reads `metric(function) > limit`, part by part.
struct GateParser {
    private let text: String
    private let characters: [Character]
    private var place = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    mutating func metric() throws(GateSyntaxError) -> Gate.Metric {
        skipSpaces()
        let start = place
        let word = take { $0.isLetter || $0.isNumber }
        guard let metric = Gate.Metric(rawValue: word) else {
            let known = Gate.Metric.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(at: start, "'\(SafeText.escaped(word))' is no number of a report; there are \(known)")
        }
        return metric
    }

    /// The text between the first parenthesis and the last: names of functions hold some themselves.
    mutating func function() throws(GateSyntaxError) -> String {
        skipSpaces()
        guard place < characters.count, characters[place] == "(" else {
            throw error(at: place, "expected '(' and the name of a function, as in 'p99(image.decode) > 50ms'")
        }
        guard let end = characters.lastIndex(of: ")"), end > place else {
            throw error(at: characters.count, "expected ')' after the function's name")
        }
        var name = characters[(place + 1)..<end]
        while name.first == " " { name.removeFirst() }
        while name.last == " " { name.removeLast() }
        guard !name.isEmpty else {
            throw error(at: end, "expected the name of a function; '*' stands for any")
        }
        place = end + 1
        return String(name)
    }

    mutating func relation() throws(GateSyntaxError) -> Gate.Relation {
        skipSpaces()
        let rest = String(characters[place...].prefix(2))
        guard let relation = Gate.Relation.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw error(at: place, "expected '>', '>=', '<' or '<='")
        }
        place += relation.rawValue.count
        return relation
    }

    mutating func limit(of metric: Gate.Metric) throws(GateSyntaxError) -> (Double, Gate.Unit) {
        skipSpaces()
        let start = place
        let digits = take { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits) else { throw error(at: start, "expected a number, as in 50ms, 1% or 3") }
        skipSpaces()
        let unitStart = place
        let word = take { $0 != " " }
        skipSpaces()
        guard place == characters.count else { throw error(at: place, "expected nothing more") }
        guard let (unit, factor) = Self.units[word] else {
            throw error(
                at: unitStart, "'\(SafeText.escaped(word))' is no unit; there are ns, µs, us, ms, s, m, h and %")
        }
        guard metric.units.contains(unit) else {
            throw error(at: unitStart, "\(metric.rawValue) is held against \(metric.expectation)")
        }
        return (number * factor, unit)
    }

    private static let units: [String: (Gate.Unit, Double)] = [
        "ns": (.nanoseconds, 1), "µs": (.nanoseconds, 1e3), "μs": (.nanoseconds, 1e3), "us": (.nanoseconds, 1e3),
        "ms": (.nanoseconds, 1e6), "s": (.nanoseconds, 1e9), "m": (.nanoseconds, 60e9), "h": (.nanoseconds, 3600e9),
        "%": (.share, 0.01), "": (.things, 1),
    ]

    private mutating func skipSpaces() { _ = take { $0 == " " } }

    private mutating func take(while belongs: (Character) -> Bool) -> String {
        let start = place
        while place < characters.count, belongs(characters[place]) { place += 1 }
        return String(characters[start..<place])
    }

    private func error(at place: Int, _ reason: String) -> GateSyntaxError {
        GateSyntaxError(text: text, character: place + 1, reason: reason)
    }
}

extension Gate.Metric {
    /// What it may be held against.
    fileprivate var units: [Gate.Unit] {
        switch self {
        case .p50, .p95, .p99, .max, .total: [.nanoseconds]
        case .selfTime, .cpu, .wait: [.nanoseconds, .share]
        case .count: [.things]
        case .errors, .lost: [.things, .share]
        }
    }

    fileprivate var expectation: String {
        switch self {
        case .p50, .p95, .p99, .max, .total: "a duration, as in 50ms"
        case .selfTime, .cpu, .wait: "a duration or a share, as in 2s or 30%"
        case .count: "a number without a unit"
        case .errors, .lost: "a number or a share, as in 3 or 1%"
        }
    }
}
