/// How long to wait between attempts to reach a broker: ever longer, and by chance, so that not all come back at once
/// ("full jitter").
struct Backoff: Sendable {
    private var bound = Backoff.first
    private static let first = Duration.milliseconds(50)
    private static let longest = Duration.seconds(5)

    /// How long to wait before the next attempt.
    mutating func pause() -> Duration {
        defer { bound = min(bound * 2, Self.longest) }
        return Self.first / 2 + bound * Double.random(in: 0...1)
    }

    /// After a success.
    mutating func reset() { bound = Self.first }
}
