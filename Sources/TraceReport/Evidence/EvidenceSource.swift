/// Something else that was recorded of a program while it wrote its log, as by strace: a plug-in of the reading side.
///
/// It says which thread did what, and when; ``Evidence`` joins that to the spans that were open on those threads.
///
/// ```swift
/// let evidence = try Evidence(of: [StraceSource(files: [.file("server.strace")])], logs: [.file("server.log")])
/// ```
public protocol EvidenceSource: Sendable {
    /// What a report calls it: `strace`.
    var name: String { get }

    /// Returns instants before and after all events, nanoseconds since 1970-01-01T00:00:00Z: of spans outside of them nothing
    /// is kept. The narrower, the less memory is taken; `0 ... .max` is right, too.
    func instants() throws(LogReadError) -> ClosedRange<UInt64>

    /// Reads everything once, and hands over what threads did: events of one thread do not overlap and come in order. Returns
    /// what there was to read.
    func read(_ take: (ThreadEvent) -> Void) throws(LogReadError) -> EvidenceCounts
}

/// Something that a thread did, and that took time: a system call.
public struct ThreadEvent: Sendable, Equatable {
    /// The thread's number, the kernel's; 0: the one main thread of the program.
    public var thread: UInt64
    /// Which recording it is of: a thread was watched from the first event of a recording to the last.
    public var recording: Int
    /// Its begin, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64
    /// How long it took, nanoseconds.
    public var durationNanoseconds: UInt64
    /// What was done.
    public var activity: Activity
    /// The error it ended in, `ENOENT`; empty where in none.
    public var error: String

    /// What is done, and with what.
    public struct Activity: Sendable, Hashable {
        /// Its name: `fdatasync`.
        public var name: String
        /// What kind of thing it is.
        public var kind: Kind
        /// What it is done with: a file's path, a peer's address; empty where that is not known.
        public var target: String

        /// Makes an activity.
        public init(name: String, kind: Kind, target: String = "") {
            self.name = name
            self.kind = kind
            self.target = target
        }
    }

    /// What kind of thing is done, and what is waited for.
    public enum Kind: String, Sendable, CaseIterable {
        /// What was written is brought to a disk.
        case disk
        /// A file is read, written, opened or looked up.
        case file
        /// A socket.
        case network
        /// A pipe or a terminal.
        case pipe
        /// A lock that another thread or process holds.
        case lock
        /// Another thread: a condition, a semaphore, its end.
        case thread
        /// Any of some descriptors.
        case poll
        /// A length of time.
        case sleep
        /// A child process.
        case child
        /// Memory is mapped, or given back.
        case memory
        /// Something else.
        case other
    }

    /// Makes an event.
    public init(
        thread: UInt64, recording: Int = 0, startWallNanoseconds: UInt64, durationNanoseconds: UInt64,
        activity: Activity, error: String = ""
    ) {
        self.thread = thread
        self.recording = recording
        self.startWallNanoseconds = startWallNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.activity = activity
        self.error = error
    }
}

/// What a source of evidence held.
public struct EvidenceCounts: Sendable, Equatable {
    /// Lines.
    public var lines: UInt64 = 0
    /// Lines that say nothing that is known.
    public var unreadable: UInt64 = 0
    /// Calls of which it is not said how long they took.
    public var withoutDuration: UInt64 = 0

    /// Makes counts of 0.
    public init() {}
}
