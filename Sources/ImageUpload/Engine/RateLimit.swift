import NIOCore

/// So many bytes a second, over all connections: each send moves the time of the next one on.
struct RateLimit {
    let bytesPerSecond: Int
    private var next = NIODeadline.uptimeNanoseconds(0)

    /// How much may be made up for after a pause.
    private static let burst = TimeAmount.milliseconds(100)

    init(bytesPerSecond: Int) { self.bytesPerSecond = max(1, bytesPerSecond) }

    /// How many bytes are well sent at a time: an eighth of a second's, from 4 KiB to 1 MiB.
    var pieceBytes: Int { min(max(bytesPerSecond / 8, 4096), 1 << 20) }

    /// How long the next send has to wait; nil: not at all.
    func wait(at now: NIODeadline) -> TimeAmount? { next > now ? next - now : nil }

    /// Notes a send.
    mutating func sent(_ bytes: Int, at now: NIODeadline) {
        let start = max(next, now - Self.burst)
        next = start + .nanoseconds(Int64(Double(bytes) * 1e9 / Double(bytesPerSecond)))
    }
}
