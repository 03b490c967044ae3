import CHoofprint
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// One instant on every clock.
struct ClockReading: Sendable {
    var ticks: UInt64
    var monotonicNanoseconds: UInt64
    var wallNanoseconds: UInt64

    /// Reads the clocks.
    static func now() -> ClockReading {
        var reading = ClockReading(ticks: 0, monotonicNanoseconds: 0, wallNanoseconds: 0)
        hp_clock_pair(&reading.ticks, &reading.monotonicNanoseconds)
        reading.wallNanoseconds = hp_clock_ns(CLOCK_REALTIME)
        return reading
    }
}

/// Measures the tick clock's rate against the monotonic clock, anew at every reading, and tells when the two part: a
/// virtual machine that moved, a counter that was set.
struct ClockCalibration {
    private let start: ClockReading
    /// From where the rate is measured: the start, or the last reading that was off.
    private var origin: ClockReading
    private var last: ClockReading
    /// Ticks a second, as measured last.
    private var ticksPerSecond: UInt64
    /// The rate between the last two readings, if it was off.
    private var doubtedTicksPerSecond: UInt64?

    /// How often the counter has left the monotonic clock between two readings by more than a thousandth.
    private(set) var jumps: UInt64 = 0

    /// A pair of readings is right to some 40 ns, so a shorter time tells nothing of a thousandth.
    private static let shortestNanoseconds: UInt64 = 1_000_000

    /// - Parameter ticksPerSecond: The rate measured when the clock was chosen.
    init(start: ClockReading, ticksPerSecond: UInt64) {
        self.start = start
        origin = start
        last = start
        self.ticksPerSecond = max(1, ticksPerSecond)
    }

    /// The rate measured when the clock was chosen, in ticks a second.
    static var chosenTicksPerSecond: UInt64 {
        TickScale.scale(hp_tick_rate(), by: 1_000_000_000, dividedBy: 1 << 32)
    }

    /// Makes the record of an instant, which is not before the last one.
    mutating func record(_ now: ClockReading) -> ClockRecord {
        if Self.passed(from: last.monotonicNanoseconds, to: now.monotonicNanoseconds) >= Self.shortestNanoseconds {
            measure(now)
            last = now
        }
        return ClockRecord(
            wallNanoseconds: now.wallNanoseconds,
            monotonicNanoseconds: max(1, Self.passed(from: start.monotonicNanoseconds, to: now.monotonicNanoseconds)),
            ticks: Self.passed(from: start.ticks, to: now.ticks), ticksPerSecond: ticksPerSecond)
    }

    private mutating func measure(_ now: ClockReading) {
        let sinceLast = Self.rate(from: last, to: now)
        if Self.agree(sinceLast, ticksPerSecond) {
            ticksPerSecond = Self.rate(from: origin, to: now)
            doubtedTicksPerSecond = nil
            return
        }
        jumps += 1
        origin = now
        // Once may have been a leap; twice alike is another rate.
        if let doubted = doubtedTicksPerSecond, Self.agree(sinceLast, doubted) {
            ticksPerSecond = sinceLast
            origin = last
        }
        doubtedTicksPerSecond = sinceLast
    }

    private static func rate(from earlier: ClockReading, to later: ClockReading) -> UInt64 {
        let nanoseconds = passed(from: earlier.monotonicNanoseconds, to: later.monotonicNanoseconds)
        let ticks = passed(from: earlier.ticks, to: later.ticks)
        return max(1, TickScale.scale(ticks, by: 1_000_000_000, dividedBy: max(1, nanoseconds)))
    }

    /// Whether two rates are the same to a thousandth.
    private static func agree(_ left: UInt64, _ right: UInt64) -> Bool {
        (left > right ? left - right : right - left) <= right / 1000
    }

    private static func passed(from earlier: UInt64, to later: UInt64) -> UInt64 {
        later > earlier ? later - earlier : 0
    }
}
