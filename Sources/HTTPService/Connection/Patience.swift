import NIOCore

/// How long a server waits for its clients.
struct Patience: Sendable {
    /// For a request to begin, for a body to bring enough bytes, for an answer to be taken.
    var idle = TimeAmount.seconds(30)
    /// For a request's head to be complete, from its first byte on.
    var head = TimeAmount.seconds(10)
    /// Enough bytes: so many a second over the time of ``idle``, as long as the server is ready for them.
    var bytesPerSecond = 1_024
}
