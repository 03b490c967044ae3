/// How long to wait between attempts to reach a broker, or another server: ever longer, up to five seconds, and by chance, so
/// that not all come back at once ("full jitter").
package struct Backoff: Sendable {
    private var bound = Backoff.first
    private static let first = Duration.milliseconds(50)
    private static let longest = Duration.seconds(5)

    package init() {}

    /// Whether nothing was waited for yet, or since the last success.
    package var isFirst: Bool { bound == Self.first }

    /// How long to wait before the next attempt.
    package mutating func pause() -> Duration {
        defer { bound = min(bound * 2, Self.longest) }
        return Self.first / 2 + bound * Double.random(in: 0...1)
    }

    /// Waits before the next attempt, or until the task is cancelled.
    package mutating func wait() async {
        // It fails by cancellation alone, which the caller's loop looks at.
        try? await Task.sleep(for: pause())
    }

    /// After a success.
    package mutating func reset() { bound = Self.first }
}
