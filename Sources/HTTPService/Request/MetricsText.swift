/// What is said to Prometheus, in its text format (version 0.0.4).
package struct MetricsText {
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private var lines: [String] = []

    package init() {}

    /// All of it.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    /// A metric with samples of several labels.
    ///
    /// - Parameter samples: Values by their labels: `{route="GET /"}`, or nothing.
    package mutating func family(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]
    ) {
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
        lines += samples.map { "\(name)\($0.labels) \($0.value)" }
    }

    /// A metric with one value that only grows.
    package mutating func counter(_ name: String, _ help: String, _ value: Int) {
        family(name, "counter", help, [("", "\(value)")])
    }

    /// A metric with one value that goes up and down.
    package mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        family(name, "gauge", help, [("", "\(value)")])
    }

    /// A histogram.
    ///
    /// - Parameters:
    ///   - bounds: Upper bounds, ascending.
    ///   - counts: How many values are up to each bound and over the one before; the last is over all bounds.
    package mutating func histogram(_ name: String, _ help: String, bounds: [Double], counts: [Int], sum: Double) {
        var total = 0
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) histogram"]
        for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
            total += count
            lines.append("\(name)_bucket{le=\"\(bound)\"} \(total)")
        }
        lines += ["\(name)_sum \(sum)", "\(name)_count \(total)"]
    }
}
