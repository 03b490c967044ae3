import HTTPService
import Hummingbird
import WallClock

/// The parameters of a request's query: each at most once, and none that the route does not have, so that a misspelt one
/// does not change the answer unnoticed.
struct QueryParameters {
    private var values: [String: String] = [:]

    init(_ request: Request, of route: StatsRoute) throws(Problem) {
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard route.parameters.contains(name) else {
                let known = route.parameters.sorted().joined(separator: ", ")
                throw Self.wrong(
                    name,
                    route.parameters.isEmpty
                        ? "there are no parameters here" : "there is no such one; there are \(known)")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw Self.wrong(name, "it is given twice")
            }
        }
    }

    /// What is wrong with a parameter.
    static func wrong(_ name: String, _ detail: String) -> Problem {
        Problem(status: .badRequest, detail: "'\(name)': \(detail).")
    }

    subscript(_ name: String) -> String? { values[name] }

    /// A subscription's id; nil where none is given.
    func subscription(_ name: String) throws(Problem) -> String? {
        guard let text = values[name] else { return nil }
        guard StatsRoute.isSubscription(text) else {
            throw Self.wrong(name, "it is no subscription's id, of 32 hexadecimal digits")
        }
        return text
    }

    /// A moment.
    func moment(_ name: String) throws(Problem) -> Timestamp {
        guard let text = values[name] else { throw Self.wrong(name, "it is missing; give a moment as RFC 3339 has it") }
        // A '+' in a query is a space.
        guard let moment = Timestamp(text.replacing(" ", with: "+")) else {
            throw Self.wrong(name, "it is no moment as RFC 3339 has it, like 2026-11-25T18:21:54Z")
        }
        return moment
    }

    /// A number; `standard` where none is given, nil: it must be.
    func number(_ name: String, in range: ClosedRange<Int>, standard: Int? = nil) throws(Problem) -> Int {
        guard let text = values[name] else {
            if let standard { return standard }
            throw Self.wrong(name, "it is missing; give a number of \(range.lowerBound) to \(range.upperBound)")
        }
        guard let number = Int(text), range.contains(number), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Self.wrong(name, "it is no number of \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
