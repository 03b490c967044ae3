import Hoofprint
import Synchronization

/// The series there are, up to a bound.
final class SeriesRegistry: Sendable {
    /// Takes the values of series that were refused.
    let refusals: RefusedSeries
    private let losses: Losses
    private let maximumSeries: Int
    private let state = Mutex(State())

    private struct State {
        var series: [SeriesKey: any Series] = [:]
        /// Those that have ended since the last flush.
        var ended: [any Series] = []
        var refused: UInt64 = 0
        var hasTold = false
    }

    init(maximumSeries: Int) {
        self.maximumSeries = maximumSeries
        losses = Losses()
        refusals = RefusedSeries(losses)
    }

    /// Returns the series of a key, a new one if there is none. Nil: there are as many as there may be, or its name is too
    /// long, or the key is another kind's.
    func series<Kind: Series>(_ key: SeriesKey, _ make: (SeriesKey, Losses) -> Kind) -> Kind? {
        let (found, isToBeTold) = state.withLock { state -> (Kind?, Bool) in
            if let known = state.series[key] { return (known as? Kind, false) }
            guard state.series.count + state.ended.count < maximumSeries, key.isShort else {
                state.refused += 1
                defer { state.hasTold = true }
                return (nil, !state.hasTold)
            }
            let new = make(key, losses)
            state.series[key] = new
            return (new, false)
        }
        if isToBeTold { tellRefusal(of: key) }
        return found
    }

    private func tellRefusal(of key: SeriesKey) {
        Diagnostics.say(
            key.isShort
                ? "there are \(maximumSeries) series of metrics, as many as are kept, and '\(key.label)' would be one more: "
                    + "it and other new ones are not written; leave out dimensions that have many values, or give "
                    + "HoofprintMetrics a larger maximumSeries"
                : "the metric '\(key.label)' is not written, nor are others like it: its name and dimensions take more than "
                    + "\(SeriesKey.maximumBytes) bytes")
    }

    /// Ends a series if it is one of these.
    func end(_ handler: AnyObject) {
        guard let series = handler as? any Series else { return }
        state.withLock { state in
            guard state.series[series.key] === series else { return }
            state.series[series.key] = nil
            state.ended.append(series)
        }
    }

    /// Returns the series there are, and those that have ended, which are then forgotten. Takes the lock for as long as
    /// copying the references takes.
    func take() -> (current: [any Series], ended: [any Series]) {
        state.withLock { state in
            let ended = state.ended
            state.ended = []
            return (Array(state.series.values), ended)
        }
    }

    /// How many series there are, how many were refused, and how many values were lost.
    var totals: (series: Int, refused: UInt64, lost: UInt64) {
        let (series, refused) = state.withLock { ($0.series.count, $0.refused) }
        return (series, refused, losses.count)
    }
}
