import CHoofprint
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// One recording of one process: its tag, its clock's origin and what its header record says.
struct Session: Sendable {
    /// The session's tag.
    let tag: UInt64
    /// The process that records; a forked child is another.
    let pid: pid_t
    let record: SessionRecord
    /// The tick clock at the session's start.
    let startTicks: UInt64
    private let startMonotonicNanoseconds: UInt64

    /// Begins a session: reads who this process is, and the clocks.
    init(mode: HoofprintSystem.Configuration.Mode, flushSeconds: Double, spanCostPicoseconds: UInt64) {
        var ticks: UInt64 = 0
        var monotonic: UInt64 = 0
        hp_clock_pair(&ticks, &monotonic)
        startTicks = ticks
        startMonotonicNanoseconds = monotonic
        tag = UInt64.random(in: 1...UInt64.max)
        pid = getpid()
        #if arch(x86_64)
        let counter = "tsc"
        #else
        let counter = "cntvct"
        #endif
        record = SessionRecord(
            pid: UInt64(pid), host: Self.hostName(), program: Self.programName(), buildId: Self.buildId(),
            startWallNanoseconds: hp_clock_ns(CLOCK_REALTIME),
            clock: hp_clock_is_counter() ? counter : "monotonic", mode: mode.rawValue,
            flushMilliseconds: UInt64(flushSeconds * 1000), spanCostPicoseconds: spanCostPicoseconds)
    }

    /// The clocks now, and the tick rate over the session so far.
    func clockRecord() -> ClockRecord {
        var ticks: UInt64 = 0
        var monotonic: UInt64 = 0
        hp_clock_pair(&ticks, &monotonic)
        let passedTicks = ticks &- startTicks
        let passedNanoseconds = max(1, monotonic &- startMonotonicNanoseconds)
        // Over the first millisecond the rate measured at start is the better one.
        let isLongEnough = passedNanoseconds > 1_000_000
        let hertz =
            isLongEnough
            ? TickScale.scale(passedTicks, by: 1_000_000_000, dividedBy: passedNanoseconds)
            : TickScale.scale(hp_tick_rate(), by: 1_000_000_000, dividedBy: 1 << 32)
        return ClockRecord(
            wallNanoseconds: hp_clock_ns(CLOCK_REALTIME), monotonicNanoseconds: passedNanoseconds, ticks: passedTicks,
            ticksPerSecond: max(1, hertz))
    }

    private static func hostName() -> String {
        var system = utsname()
        guard uname(&system) == 0 else { return "" }
        return withUnsafeBytes(of: &system.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The file name of the program that runs.
    static func programName() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return "" }
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func buildId() -> String {
        var digits = [CChar](repeating: 0, count: 128)
        let count = hp_build_id(&digits, digits.count)
        return String(decoding: digits[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
