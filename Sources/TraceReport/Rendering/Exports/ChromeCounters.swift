import TraceLog

/// What functions did over time, as counters of a Chrome trace: of the roots how often they were called, of the functions that
/// took most time how many calls were in their own code at once.
struct ChromeCounters {
    private static let shownFunctions = 20

    private let timeline: Timeline

    init(_ report: Report) {
        timeline = report.timeline
    }

    /// Writes them.
    func write(for trace: inout ChromeTrace, to json: inout JSONWriter) {
        guard timeline.windowCount > 0, timeline.windowNanoseconds > 0 else { return }
        let process = trace.numberOfAll(to: &json)
        let length = Double(timeline.windowNanoseconds)
        for series in busiest {
            for (index, window) in series.windows.enumerated() {
                let time = trace.time(begin(of: index))
                var event = ChromeEvent(.counter, series.place.name + " in own code", process: process, time: time)
                event.write(to: &json) { json in json.member("calls", Double(window.selfNanoseconds) / length) }
                guard series.isRoot else { continue }
                event.name = series.place.name + " per second"
                event.write(to: &json) { json in
                    json.member("calls", Double(window.count) * 1e9 / length)
                    json.member("errors", Double(window.errors) * 1e9 / length)
                }
            }
        }
    }

    private var busiest: [Timeline.FunctionSeries] {
        func own(_ series: Timeline.FunctionSeries) -> UInt64 {
            series.windows.reduce(0) { saturatingSum($0, $1.selfNanoseconds) }
        }
        func precedes(_ left: FunctionPlace, _ right: FunctionPlace) -> Bool {
            (left.name, left.file, left.line, left.function) < (right.name, right.file, right.line, right.function)
        }
        let sorted = timeline.functions.map { (own: own($0), series: $0) }.sorted { left, right in
            left.own != right.own ? left.own > right.own : precedes(left.series.place, right.series.place)
        }
        let top = sorted.prefix(Self.shownFunctions).map(\.series)
        return top + sorted.dropFirst(Self.shownFunctions).map(\.series).filter(\.isRoot)
    }

    private func begin(of window: Int) -> UInt64 {
        let (offset, overflows) = timeline.windowNanoseconds.multipliedReportingOverflow(by: UInt64(window))
        return overflows ? .max : saturatingSum(timeline.startWallNanoseconds, offset)
    }
}
