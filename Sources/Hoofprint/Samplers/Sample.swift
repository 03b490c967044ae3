/// What a sampler saw, and how often.
public struct Sample: Sendable, Hashable {
    /// The call path of the span in which it was seen; nil: in none.
    public var path: SpanPath?

    /// What was seen: `lock`, `running`. Cut at 200 bytes, for a log line's sake.
    public var what: String

    /// How often since the last drain; 0 is left out.
    public var count: UInt64

    /// Where a thread was seen, innermost first, at most ``maximumFrames``: the address of the instruction it was at, then
    /// return addresses. Empty: no stack was taken.
    public var frames: [UInt64]

    /// Where the callers of the task on that thread go on, innermost first, at most ``maximumFrames``: the starts of the
    /// functions that the compiler made of what follows a suspension.
    public var callers: [UInt64]

    /// Whether there were more addresses than are given.
    public var isCut: Bool

    /// Whether a task ran there whose callers are not known for certain: ``callers`` is empty then.
    public var isPhysicalOnly: Bool

    /// The longest stack.
    public static let maximumFrames = 128

    /// Makes a sample; longer lists of addresses are cut.
    public init(
        path: SpanPath?, what: String, count: UInt64 = 1, frames: [UInt64] = [], callers: [UInt64] = [],
        isCut: Bool = false, isPhysicalOnly: Bool = false
    ) {
        self.path = path
        self.what = what
        self.count = count
        self.frames = frames
        self.callers = callers
        self.isCut = isCut
        self.isPhysicalOnly = isPhysicalOnly
    }
}

/// A call path: a span's callsite below the path of its parent. The same for all threads, as long as the process lives.
public struct SpanPath: Sendable, Hashable {
    /// The path's number in the log.
    let id: UInt32
}
