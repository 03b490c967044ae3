/// `sample`: how often a sampler saw one thing, since the session's start. Cumulative, so that a lost line loses nothing
/// but resolution: the newest record of sampler, path, thing and frames holds everything.
public struct SampleRecord: Sendable, Equatable {
    /// The sampler's name.
    public var sampler: String
    /// The path of the innermost open span where it was seen; 0: none.
    public var path: UInt64
    /// What was seen: `lock`, `running`.
    public var what: String
    /// How often.
    public var count: UInt64
    /// The stack it was seen on, if the sampler takes stacks.
    public var stack: Stack?

    /// Where a thread was, and the task that runs on it.
    public struct Stack: Sendable, Hashable {
        /// Where the thread is, innermost first. The first is the instruction it was at; all others are return
        /// addresses, and the call is at ``CodeLocation/ofCall`` of each.
        public var frames: [CodeLocation]
        /// Where the task's callers go on, innermost first: the starts of the functions that the compiler made of what
        /// follows a suspension. They stand for themselves, not for the byte before.
        public var callers: [CodeLocation]
        /// Whether there were more than are given.
        public var isCut: Bool
        /// Whether a task ran there whose callers are not known for certain, so that none are given.
        public var isPhysicalOnly: Bool

        /// Makes a stack.
        public init(
            frames: [CodeLocation], callers: [CodeLocation] = [], isCut: Bool = false, isPhysicalOnly: Bool = false
        ) {
            self.frames = frames
            self.callers = callers
            self.isCut = isCut
            self.isPhysicalOnly = isPhysicalOnly
        }
    }

    /// Makes a record.
    public init(sampler: String, path: UInt64, what: String, count: UInt64, stack: Stack? = nil) {
        self.sampler = sampler
        self.path = path
        self.what = what
        self.count = count
        self.stack = stack
    }

    func write(to line: inout RecordLineWriter) {
        line.field("sampler", text: sampler.utf8)
        line.field("path", path)
        line.field("what", text: what.utf8)
        line.field("count", count)
        if let stack { line.field("stack", encoded: stack.encoded()[...]) }
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let sampler = fields.text("sampler"), let path = fields.number("path"), let what = fields.text("what"),
            let count = fields.number("count")
        else { return nil }
        self.init(sampler: sampler, path: path, what: what, count: count)
        guard let text = fields.value("stack") else { return }
        guard let stack = Stack(encoded: text) else { return nil }
        self.stack = stack
    }
}
