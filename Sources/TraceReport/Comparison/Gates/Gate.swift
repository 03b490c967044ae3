/// A condition under which a report is not good enough, as in `p99(image.decode) > 50ms`.
///
/// `p50`, `p95`, `p99`, `max` of a function are held against durations; `total`, `self`, `cpu` and `wait` against durations or
/// shares (of all functions' self time; of the function's own total time); `count` against a number; `errors` against a
/// number or a share of the calls. `lost`, without a function, is the number or the share of records that were lost.
/// Functions are meant as in ``FunctionQuery``, and each that is meant is held against the limit.
public struct Gate: Sendable, Equatable {
    /// What is measured.
    public enum Metric: String, Sendable, CaseIterable {
        /// A number of a function.
        case total, selfTime = "self", cpu, wait, p50, p95, p99, max, count, errors
        /// A number of the report.
        case lost
    }

    /// How a value is held against the limit.
    public enum Relation: String, Sendable, CaseIterable {
        /// Two characters come first: the beginning of each is another one.
        case atLeast = ">=", atMost = "<=", above = ">", below = "<"

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .above: value > limit
            case .atLeast: value >= limit
            case .below: value < limit
            case .atMost: value <= limit
            }
        }
    }

    /// What a number counts.
    public enum Unit: Sendable, Equatable {
        /// A duration in nanoseconds.
        case nanoseconds
        /// A share, 1 for all.
        case share
        /// A number of things.
        case things
    }

    /// The condition as it was written.
    public let text: String
    /// What is measured.
    public let metric: Metric
    /// The functions that are meant; nil for what is the report's.
    public let function: String?
    /// How the value is held against the limit.
    public let relation: Relation
    /// The limit, in ``unit``.
    public let limit: Double
    /// What the limit counts.
    public let unit: Unit

    /// Reads a condition.
    public init(_ text: String) throws(GateSyntaxError) {
        var parser = GateParser(text)
        self.text = text
        metric = try parser.metric()
        function = metric == .lost ? nil : try parser.function()
        relation = try parser.relation()
        (limit, unit) = try parser.limit(of: metric)
    }

    /// Returns where the condition holds of a report, that is why the report is not good enough; nothing where it is.
    ///
    /// - Throws: ``UnknownFunction``, where the condition is about a function that is not there.
    public func failures(in report: Report) throws(UnknownFunction) -> [GateFailure] {
        guard let function else {
            let value = MeasuredValue(lostIn: report, unit: unit)
            return failure(of: nil, value).map { [$0] } ?? []
        }
        let places = Set(try FunctionQuery(function).places(in: report))
        return report.functions.filter { places.contains($0.place) }.compactMap { summary in
            failure(of: summary.place, MeasuredValue(metric, of: summary, unit: unit))
        }
    }

    private func failure(of place: FunctionPlace?, _ value: MeasuredValue) -> GateFailure? {
        // What is not known has not passed.
        guard let number = value.number else {
            return GateFailure(condition: text, place: place, measured: "not known")
        }
        guard relation.holds(number, limit) else { return nil }
        return GateFailure(condition: text, place: place, measured: value.words)
    }
}

/// Why a report is not good enough.
public struct GateFailure: Sendable, Equatable {
    /// The condition, as it was written.
    public let condition: String
    /// The function that it holds of; nil where it is about the whole report.
    public let place: FunctionPlace?
    /// What was measured, and how sure that is, in words.
    public let measured: String

    /// The failure in one line that is safe to show.
    public var message: String {
        let name = place.map { SafeText.escaped($0.name) + ": " } ?? ""
        return "'\(SafeText.escaped(condition))' holds: \(name)\(measured)"
    }
}

/// A condition that cannot be read.
public struct GateSyntaxError: Error, Equatable {
    /// The condition.
    public let text: String
    /// The character at which reading stopped, from 1.
    public let character: Int
    /// What is wrong there, and what is expected.
    public let reason: String

    /// The error in one line that is safe to show.
    public var message: String { "'\(SafeText.escaped(text))', character \(character): \(reason)" }
}
