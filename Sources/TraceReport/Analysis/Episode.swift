/// A stretch of time in which a function was much slower, or called much more often, than it usually is.
struct Episode: Equatable {
    /// The function.
    let place: FunctionPlace
    /// When, by places of windows in the timeline.
    let windows: Range<Int>
    /// The calls that ended then.
    let calls: UInt64
    /// What was unusual.
    let change: Change
    /// The time that its calls took beyond what they usually take, nanoseconds.
    let excessNanoseconds: Double

    /// Whether it was slower, not called more often.
    var isSlower: Bool {
        if case .slower = change { true } else { false }
    }

    /// What was unusual.
    enum Change: Equatable {
        /// 1 call in 100 took at least `nanoseconds`, at least three times what is usual.
        case slower(nanoseconds: UInt64, usual: UInt64)
        /// So many times as many calls in the same time, at least three.
        case moreCalls(times: Double)
    }
}
