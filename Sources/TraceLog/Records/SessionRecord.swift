/// `session`: who writes. The first record of a session; repeated, with the tables, at the start of every new file and
/// at intervals.
public struct SessionRecord: Sendable, Equatable {
    /// The format's version.
    public var version: UInt64
    /// The process id.
    public var pid: UInt64
    /// The host's name.
    public var host: String
    /// The program's file name.
    public var program: String
    /// The program's GNU build id in hexadecimal, empty where the linker wrote none.
    public var buildId: String
    /// The start of the session, nanoseconds since 1970-01-01T00:00:00Z.
    public var startWallNanoseconds: UInt64
    /// The clock spans are timed with: `tsc`, `cntvct` or `monotonic`.
    public var clock: String
    /// The recording mode: `aggregate` or `every`.
    public var mode: String
    /// The time between flushes in milliseconds.
    public var flushMilliseconds: UInt64
    /// What an empty span cost this process at start, in picoseconds.
    public var spanCostPicoseconds: UInt64
    /// How many of the slowest requests of each root are kept a window; 0 in logs that do not say so.
    public var slowest: UInt64
    /// From which age on open spans are written, in milliseconds; 0 in logs that do not say so.
    public var openMilliseconds: UInt64
    /// The bound on the recorder's memory, in bytes; 0 in logs that do not say so.
    public var memoryBytes: UInt64

    /// Makes a record.
    public init(
        version: UInt64 = UInt64(RecordFormat.version), pid: UInt64, host: String, program: String, buildId: String,
        startWallNanoseconds: UInt64, clock: String, mode: String, flushMilliseconds: UInt64,
        spanCostPicoseconds: UInt64, slowest: UInt64 = 0, openMilliseconds: UInt64 = 0, memoryBytes: UInt64 = 0
    ) {
        self.version = version
        self.pid = pid
        self.host = host
        self.program = program
        self.buildId = buildId
        self.startWallNanoseconds = startWallNanoseconds
        self.clock = clock
        self.mode = mode
        self.flushMilliseconds = flushMilliseconds
        self.spanCostPicoseconds = spanCostPicoseconds
        self.slowest = slowest
        self.openMilliseconds = openMilliseconds
        self.memoryBytes = memoryBytes
    }

    func write(to line: inout RecordLineWriter) {
        line.field("version", version)
        line.field("pid", pid)
        line.field("host", text: host.utf8)
        line.field("program", text: program.utf8)
        line.field("build", text: buildId.utf8)
        line.field("start", startWallNanoseconds)
        line.field("clock", text: clock.utf8)
        line.field("mode", text: mode.utf8)
        line.field("flush", flushMilliseconds)
        line.field("cost", spanCostPicoseconds)
        line.field("slowest", slowest)
        line.field("open", openMilliseconds)
        line.field("memory", memoryBytes)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let version = fields.number("version"), let pid = fields.number("pid"),
            let host = fields.text("host"), let program = fields.text("program"), let buildId = fields.text("build"),
            let start = fields.number("start"), let clock = fields.text("clock"), let mode = fields.text("mode"),
            let flush = fields.number("flush"), let cost = fields.number("cost")
        else { return nil }
        self.init(
            version: version, pid: pid, host: host, program: program, buildId: buildId, startWallNanoseconds: start,
            clock: clock, mode: mode, flushMilliseconds: flush, spanCostPicoseconds: cost,
            slowest: fields.number("slowest") ?? 0, openMilliseconds: fields.number("open") ?? 0,
            memoryBytes: fields.number("memory") ?? 0)
    }
}

/// `clock`: the first record of every flush, one instant on every clock.
public struct ClockRecord: Sendable, Equatable {
    /// Nanoseconds since 1970-01-01T00:00:00Z: for labels only, the system's clock may be stepped.
    public var wallNanoseconds: UInt64
    /// Nanoseconds of the monotonic clock since the session's start.
    public var monotonicNanoseconds: UInt64
    /// Clock ticks since the session's start.
    public var ticks: UInt64
    /// Ticks a second, measured over the session so far, or since the counter last left the monotonic clock: histograms are in ticks.
    public var ticksPerSecond: UInt64

    /// Makes a record.
    public init(wallNanoseconds: UInt64, monotonicNanoseconds: UInt64, ticks: UInt64, ticksPerSecond: UInt64) {
        self.wallNanoseconds = wallNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
        self.ticks = ticks
        self.ticksPerSecond = ticksPerSecond
    }

    func write(to line: inout RecordLineWriter) {
        line.field("wall", wallNanoseconds)
        line.field("monotonic", monotonicNanoseconds)
        line.field("ticks", ticks)
        line.field("hz", ticksPerSecond)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let wall = fields.number("wall"), let monotonic = fields.number("monotonic"),
            let ticks = fields.number("ticks"), let hz = fields.number("hz")
        else { return nil }
        self.init(wallNanoseconds: wall, monotonicNanoseconds: monotonic, ticks: ticks, ticksPerSecond: hz)
    }
}

/// `crash`: the process got a signal that ends it; `open` records of what was open then follow.
public struct CrashRecord: Sendable, Equatable {
    /// The signal's number.
    public var signal: UInt64
    /// The number of the thread that got it.
    public var thread: UInt64

    /// Makes a record.
    public init(signal: UInt64, thread: UInt64) {
        self.signal = signal
        self.thread = thread
    }

    func write(to line: inout RecordLineWriter) {
        line.field("signal", signal)
        line.field("thread", thread)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let signal = fields.number("signal"), let thread = fields.number("thread") else { return nil }
        self.init(signal: signal, thread: thread)
    }
}

/// `end`: nothing follows in this session.
public struct EndRecord: Sendable, Equatable {
    /// Why it ended: `shutdown`, the signal's name, or `killed` where the records before were read from its ring file.
    public var reason: String

    /// Makes a record.
    public init(reason: String) {
        self.reason = reason
    }

    func write(to line: inout RecordLineWriter) {
        line.field("reason", text: reason.utf8)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let reason = fields.text("reason") else { return nil }
        self.init(reason: reason)
    }
}
