import Synchronization

/// What became of the events that came.
final class IngestCounts: Sendable {
    /// Counts since the process began.
    struct Values: Equatable {
        /// Counted, having been new.
        var added = 0
        /// Not counted again.
        var duplicates = 0
        /// Not counted, being older than events are kept.
        var expired = 0
        /// Made dead letters, being no events.
        var rejected = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func add(_ change: (inout Values) -> Void) {
        state.withLock { change(&$0) }
    }
}
