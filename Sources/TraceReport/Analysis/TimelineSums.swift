import TraceLog

extension Timeline {
    /// The windows in which anything was written, in order. Programs write at flushes, so others lie between them.
    var activeWindows: [Int] {
        var isActive = Array(repeating: false, count: windowCount)
        for series in functions {
            for (index, window) in series.windows.prefix(windowCount).enumerated() where window.count > 0 {
                isActive[index] = true
            }
        }
        return isActive.indices.filter { isActive[$0] }
    }
}

extension Timeline.FunctionSeries {
    /// Returns some of its windows as one.
    func sum(of range: Range<Int>) -> Timeline.Window {
        var sum = Timeline.Window()
        for window in windows[range.clamped(to: windows.indices)] where window.count > 0 || window.selfNanoseconds > 0 {
            sum.add(window)
        }
        return sum
    }
}

extension Timeline.Window {
    mutating func add(_ other: Timeline.Window) {
        count = saturatingSum(count, other.count)
        totalNanoseconds = saturatingSum(totalNanoseconds, other.totalNanoseconds)
        selfNanoseconds = saturatingSum(selfNanoseconds, other.selfNanoseconds)
        cpuNanoseconds = saturatingSum(cpuNanoseconds, other.cpuNanoseconds)
        errors = saturatingSum(errors, other.errors)
        durations.merge(other.durations)
    }
}

extension DurationHistogram {
    /// The duration that a share of the calls does not exceed, where a tick is a nanosecond; nil: there is no call.
    func nanoseconds(at quantile: Double) -> UInt64? { self.quantile(quantile).map { UInt64($0.rounded()) } }
}
