import WallClock

/// When a delivery that failed is tried again: as Standard Webhooks advises, ten tries over three days.
package struct RetrySchedule: Sendable {
    /// The pauses behind the first try, the second, and so on, in seconds; behind the last, it is given up.
    package let pauses: [Double]

    /// - Parameter pauses: In seconds.
    package init(pauses: [Double] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
        self.pauses = pauses
    }

    /// How long a receiver can have us wait, in seconds.
    static let longestWait = 86_400

    /// How long a pause is at most, in seconds.
    var longestPause: Int { max(Self.longestWait, Int((pauses.max() ?? 0) * 1.2)) }

    /// The next try's moment.
    ///
    /// - Parameters:
    ///   - tries: How many have failed, from 1.
    ///   - now: What the pause begins with.
    ///   - wait: What the receiver asked for, in seconds: at least so long, but a day at most.
    ///   - chance: 0…1; by it pauses are a fifth shorter or longer, so that not all that failed together come together.
    /// - Returns: Nil where it is given up.
    package func next(
        after tries: Int, at now: Timestamp, wait: Int? = nil, chance: Double = .random(in: 0...1)
    ) -> Timestamp? {
        guard tries >= 1, tries <= pauses.count else { return nil }
        let pause = pauses[tries - 1] * (0.8 + 0.4 * chance)
        let seconds = max(pause, Double(min(wait ?? 0, Self.longestWait)))
        return Timestamp(milliseconds: now.milliseconds + Int64(seconds * 1_000))
    }
}
