import NIOCore

/// When the next request may be begun: not before a server's wait is over, nor faster than the rate limit has it; and
/// whether requests may be pipelined, which they are only while all goes well.
struct Pace {
    /// So many answers without a refusal, and requests are pipelined again.
    private static let calmAnswers = 64

    private let backoff: Backoff
    private var rate: RateLimit?
    private var pausedUntil = NIODeadline.uptimeNanoseconds(0)
    private var overloads = 0
    private var calm = calmAnswers

    init(_ options: UploadOptions) {
        backoff = options.backoff
        rate = options.bytesPerSecond.map(RateLimit.init)
    }

    /// Whether requests may be pipelined.
    var isCalm: Bool { calm >= Self.calmAnswers }

    /// When the next request may be begun; nil: now.
    func next(after now: NIODeadline) -> NIODeadline? {
        if pausedUntil > now { return pausedUntil }
        return rate?.wait(at: now).map { now + $0 }
    }

    /// Notes that a request was sent in whole.
    mutating func sent(_ bytes: Int, at now: NIODeadline) { rate?.sent(bytes, at: now) }

    /// How much of a file may be sent now, of `wanted` bytes; nil, and how long to wait, if nothing.
    mutating func permit(_ wanted: Int, at now: NIODeadline) -> (bytes: Int?, wait: TimeAmount) {
        guard let current = rate else { return (wanted, .zero) }
        if let wait = current.wait(at: now) { return (nil, wait) }
        let bytes = min(wanted, current.pieceBytes)
        rate?.sent(bytes, at: now)
        return (bytes, .zero)
    }

    /// Notes that a picture was taken.
    mutating func succeeded() {
        calm += 1
        overloads = 0
    }

    /// Notes that the server has too much to do, and asks for a wait of so many milliseconds.
    mutating func refused(askedMilliseconds asked: Int, at now: NIODeadline) {
        calm = 0
        overloads += 1
        let wait = min(backoff.wait(after: overloads, asked: asked), backoff.longestWaitMilliseconds)
        pausedUntil = max(pausedUntil, now + .milliseconds(Int64(wait)))
    }

    /// Notes that a connection ended with requests on it behind others.
    mutating func droppedPipeline() { calm = 0 }
}
