import NIOCore

/// Finds out how many connections are worth their while: tries more, and keeps them where the server got more done.
///
/// What is measured in a window of a quarter of a second or more is bytes, with 16 KiB for each answer besides, so that
/// small pictures count for their round trip. A trial of half as many connections again is kept if it is 5 % better; after
/// one that is not, twice as many windows pass before the next. A server that refuses for overload halves them at once.
struct ConcurrencyControl {
    /// At most so many connections.
    let maximum: Int
    /// So many connections now.
    private(set) var limit: Int

    private static let window = TimeAmount.milliseconds(250)
    private static let answerWork = 16 * 1024
    private static let firstLimit = 4
    private static let longestPatience = 32

    private var start: NIODeadline
    private var work = 0
    private var answers = 0
    /// A limit on trial: what was before it.
    private var trial: (limit: Int, workPerSecond: Double)?
    private var patience = 1
    private var windows = 0
    private var refusedAt: NIODeadline?

    init(maximum: Int, now: NIODeadline) {
        self.maximum = maximum
        limit = min(maximum, Self.firstLimit)
        start = now
    }

    /// Notes that a picture of so many bytes was taken.
    ///
    /// - Parameter isLimited: Whether more connections would have had something to do.
    mutating func answered(bytes: Int, isLimited: Bool, at now: NIODeadline) {
        work += bytes + Self.answerWork
        answers += 1
        let elapsed = now - start
        guard elapsed >= Self.window, answers >= 2 * limit else { return }
        let rate = Double(work) * 1e9 / Double(elapsed.nanoseconds)
        if let trial {
            self.trial = nil
            if rate > trial.workPerSecond * 1.05 {
                patience = 1
            } else {
                limit = trial.limit
                patience = min(Self.longestPatience, patience * 2)
            }
            windows = 0
        } else {
            windows += 1
            if windows >= patience, limit < maximum, isLimited {
                trial = (limit, rate)
                let next = limit + max(1, limit / 2)
                // A last step that is small would not show.
                limit = 4 * next >= 3 * maximum ? maximum : next
            }
        }
        begin(now)
    }

    /// Notes that the server refused for overload. Several refusals within a window are one.
    mutating func refused(at now: NIODeadline) {
        if let refusedAt, now - refusedAt < Self.window { return }
        refusedAt = now
        limit = max(1, min(limit, trial?.limit ?? limit) / 2)
        trial = nil
        patience = min(Self.longestPatience, patience * 2)
        windows = 0
        begin(now)
    }

    private mutating func begin(_ now: NIODeadline) {
        start = now
        work = 0
        answers = 0
    }
}
