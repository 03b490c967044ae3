import TraceLog

/// A stretch of windows, put together.
struct TimelineSlice {
    /// Its windows, by their places in the timeline.
    let windows: Range<Int>
    /// Calls of roots.
    var requests: UInt64 = 0
    /// Requests that ended in an error.
    var errors: UInt64 = 0
    /// The durations of requests.
    var durations = DurationHistogram()
    /// The function with the most time in its own code, and its part of all of that, 0…1.
    var busiest: (place: FunctionPlace, share: Double)?
}

extension Timeline {
    /// Returns the timeline as at most `count` slices of equally many windows, none shorter than what lies between two
    /// flushes as a rule; the last may have fewer.
    func slices(atMost count: Int) -> [TimelineSlice] {
        let active = activeWindows
        guard windowCount > 0, count > 0, !active.isEmpty else { return [] }
        let distances = zip(active.dropFirst(), active).map { $0 - $1 }.sorted()
        let size = max((windowCount - 1) / count + 1, distances.isEmpty ? 1 : distances[distances.count / 2])
        return stride(from: 0, to: windowCount, by: size).map { slice($0..<min($0 + size, windowCount)) }
    }

    private func slice(_ windows: Range<Int>) -> TimelineSlice {
        var slice = TimelineSlice(windows: windows)
        var (all, most) = (0.0, 0.0)
        for series in functions {
            let sum = series.sum(of: windows)
            if series.isRoot {
                slice.requests = saturatingSum(slice.requests, sum.count)
                slice.errors = saturatingSum(slice.errors, sum.errors)
                slice.durations.merge(sum.durations)
            }
            let own = Double(sum.selfNanoseconds)
            all += own
            if own > most || (own == most && own > 0 && slice.busiest.map { series.place < $0.place } ?? true) {
                most = own
                slice.busiest = (series.place, 0)
            }
        }
        if all > 0 { slice.busiest?.share = most / all }
        return slice
    }

    /// Returns the instant a window begins, nanoseconds since 1970-01-01T00:00:00Z; for ``windowCount`` that of the end.
    func start(ofWindow window: Int) -> UInt64 {
        let (offset, overflow) = windowNanoseconds.multipliedReportingOverflow(by: UInt64(max(0, window)))
        return overflow ? .max : saturatingSum(startWallNanoseconds, offset)
    }

    /// `00:06:10–00:07:40`, with month and day where the timeline has more than one.
    func text(of windows: Range<Int>) -> String {
        text(ofWindow: windows.lowerBound) + "–" + text(ofWindow: windows.upperBound)
    }

    /// `00:06:10`, with month and day where the timeline has more than one.
    func text(ofWindow window: Int) -> String {
        let instant = WallTime(nanoseconds: start(ofWindow: window))
        let (first, last) = (start(ofWindow: 0), start(ofWindow: windowCount))
        let isOneDay = WallTime(nanoseconds: first).date == WallTime(nanoseconds: last > first ? last - 1 : last).date
        let time = windowNanoseconds >= 1_000_000_000 ? instant.time : String(instant.milliseconds.suffix(12))
        return isOneDay ? time : instant.date.dropFirst(5) + " " + time
    }
}
