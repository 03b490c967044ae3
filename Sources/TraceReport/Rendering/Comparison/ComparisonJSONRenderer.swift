/// A comparison for programs: one line of JSON with all functions, whatever became of them.
public struct ComparisonJSONRenderer: Sendable {
    /// Makes a renderer.
    public init() {}

    /// Returns the comparison as one line of JSON.
    public func render(_ comparison: Comparison) -> String {
        var writer = JSONWriter()
        writer.object { json in
            json.member("version", UInt64(1))
            json.member("view", "comparison")
            json.member("level", comparison.options.level)
            json.member("threshold", comparison.options.threshold)
            write(comparison.before, "before", to: &json)
            write(comparison.after, "after", to: &json)
            json.array("functions") { json in
                for function in comparison.functions { write(function, to: &json) }
            }
            write(comparison.new, "new", to: &json)
            write(comparison.gone, "gone", to: &json)
        }
        return writer.text + "\n"
    }

    private func write(_ side: Comparison.Side, _ key: String, to json: inout JSONWriter) {
        json.object(key) { json in
            json.array("files") { json in side.files.forEach { json.element($0) } }
            json.array("builds") { json in side.builds.forEach { json.element($0) } }
            json.member("requests", side.requests)
            json.member("window_ns", side.windowNanoseconds)
            json.member("lost", side.lost)
        }
    }

    private func write(_ function: FunctionComparison, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: function.after.place)
            json.member("line_before", function.before.line)
            json.member("verdict", Self.word(function.verdict))
            write(function.p50, "p50_ns", to: &json)
            write(function.p99, "p99_ns", to: &json)
            write(function.selfTime, "self_per_request_ns", to: &json)
            write(function.calls, "calls_per_request", to: &json, names: ("more", "fewer"))
        }
    }

    private func write(
        _ change: MetricChange, _ key: String, to json: inout JSONWriter,
        names: (grown: String, shrunk: String) = ("slower", "faster")
    ) {
        json.object(key) { json in
            json.member("before", change.before)
            json.member("after", change.after)
            json.member("change", change.change)
            json.member("change_low", change.interval?.lowerBound)
            json.member("change_high", change.interval?.upperBound)
            // The last digits of the normal distribution differ between processors.
            json.member("p", change.pValue.map { ($0 * 1e9).rounded() / 1e9 })
            json.member("windows_before", UInt64(change.windowsBefore))
            json.member("windows_after", UInt64(change.windowsAfter))
            switch change.verdict {
            case .slower: json.member("verdict", names.grown)
            case .faster: json.member("verdict", names.shrunk)
            case .unchanged, .cannotBeTold: json.member("verdict", Self.word(change.verdict))
            }
        }
    }

    private func write(
        _ functions: [FunctionSummary], _ key: String, to json: inout JSONWriter
    ) {
        json.array(key) { json in
            for function in functions {
                json.object { json in
                    json.members(of: function.place)
                    json.member("calls", function.count)
                    json.member("self_ns", function.selfNanoseconds)
                    json.member("p50_ns", function.p50Nanoseconds)
                    json.member("p99_ns", function.p99Nanoseconds)
                }
            }
        }
    }

    private static func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .slower: "slower"
        case .faster: "faster"
        case .unchanged: "unchanged"
        case .cannotBeTold: "cannot be told"
        }
    }
}
