import CHoofprint
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// One recording of one process: its tag, its clocks' origin and what its header record says.
struct Session: Sendable {
    /// The session's tag.
    let tag: UInt64
    /// The process that records; a forked child is another.
    let pid: pid_t
    let record: SessionRecord
    /// The clocks at the session's start.
    let start: ClockReading

    /// Begins a session: reads who this process is, and the clocks.
    init(_ configuration: HoofprintSystem.Configuration, spanCostPicoseconds: UInt64) {
        start = ClockReading.now()
        tag = UInt64.random(in: 1...UInt64.max)
        pid = getpid()
        #if arch(x86_64)
        let counter = "tsc"
        #else
        let counter = "cntvct"
        #endif
        record = SessionRecord(
            pid: UInt64(pid), host: Self.hostName(), program: Self.programName(), buildId: Self.buildId(),
            startWallNanoseconds: start.wallNanoseconds,
            clock: hp_clock_is_counter() ? counter : "monotonic", mode: configuration.mode.rawValue,
            flushMilliseconds: UInt64(configuration.flushSeconds * 1000), spanCostPicoseconds: spanCostPicoseconds,
            slowest: UInt64(clamping: configuration.slowest),
            openMilliseconds: UInt64(configuration.openSeconds * 1000),
            memoryBytes: UInt64(clamping: configuration.memoryBytes))
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
