import TraceLog

/// Finds sessions that wrote nothing more while others of the same program and host wrote on: a flush has its `clock` record however
/// little happens, so the process was killed, or hangs. Which file a record stands in does not matter: logs are rotated.
struct SilentSessions {
    /// Their tags.
    private(set) var tags: Set<UInt64> = []

    /// The processes of a program on a host.
    private struct Writers: Hashable {
        var host: String
        var program: String

        init(_ announcement: SessionRecord) { (host, program) = (announcement.host, announcement.program) }
    }

    /// So many flushes may be late, on a crowded machine.
    private static let lateFlushes: UInt64 = 3
    /// And so much later than that, nanoseconds.
    private static let grace: UInt64 = 10_000_000_000

    /// - Parameter doubted: sessions that may be invented, whose clocks say nothing.
    init(_ sessions: [SessionModel], except doubted: Set<UInt64>) {
        var last: [Writers: UInt64] = [:]
        for session in sessions where !doubted.contains(session.tag) {
            guard let wall = Self.lastSign(of: session), let announcement = session.announcement else { continue }
            last[Writers(announcement), default: 0] = max(last[Writers(announcement)] ?? 0, wall)
        }
        for session in sessions where session.end == nil {
            guard let wall = Self.lastSign(of: session), let announcement = session.announcement else { continue }
            let flush = announcement.flushMilliseconds.multipliedReportingOverflow(by: 1_000_000 * Self.lateFlushes)
            guard !flush.overflow, let others = last[Writers(announcement)] else { continue }
            if others > saturatingSum(wall, saturatingSum(flush.partialValue, Self.grace)) { tags.insert(session.tag) }
        }
    }

    /// When it last wrote, on the wall clock; nil where that clock tells nothing.
    private static func lastSign(of session: SessionModel) -> UInt64? {
        session.clockJumpNanoseconds == 0 ? session.lastClock?.wallNanoseconds : nil
    }
}
