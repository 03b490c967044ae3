import TraceLog

/// The member `timeline` of the JSON report.
struct JSONTimeline {
    let timeline: Timeline
    /// The functions that are written; all where nil.
    let functions: Set<FunctionPlace>?

    func write(to json: inout JSONWriter) {
        json.object("timeline") { json in
            json.member("start", WallTime(nanoseconds: timeline.startWallNanoseconds).rfc3339)
            json.member("window_ns", timeline.windowNanoseconds)
            json.member("windows", UInt64(timeline.windowCount))
            json.array("functions") { json in
                for series in timeline.functions.sorted(by: { $0.place < $1.place }) {
                    if functions?.contains(series.place) ?? true { write(series, to: &json) }
                }
            }
        }
    }

    private func write(_ series: Timeline.FunctionSeries, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: series.place)
            json.member("root", series.isRoot)
            json.array("counts") { json in series.windows.forEach { json.element($0.count) } }
            json.array("total_ns") { json in series.windows.forEach { json.element($0.totalNanoseconds) } }
            for (key, quantile) in [("p50_ns", 0.5), ("p99_ns", 0.99)] {
                json.array(key) { json in
                    for window in series.windows {
                        json.element(window.durations.quantile(quantile).map { UInt64($0.rounded()) })
                    }
                }
            }
        }
    }
}
