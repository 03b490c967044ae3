import Testing
import TraceLog

@testable import TraceReport

@Suite("The wall clock of a session")
struct ClockMapTests {
    private func map(_ clocks: [(monotonic: UInt64, wall: UInt64)]) -> ClockMap {
        var map = ClockMap()
        for clock in clocks {
            map.add(
                ClockRecord(
                    wallNanoseconds: clock.wall, monotonicNanoseconds: clock.monotonic, ticks: 0, ticksPerSecond: 1))
        }
        map.finish()
        return map
    }

    @Test("lies on a straight line between two records, and at their distance outside")
    func line() {
        // Slewed by 0.5 ms over ten seconds, as adjtimex(2) may.
        let map = map([(20_000_000_000, 1_020_000_500_000), (10_000_000_000, 1_010_000_000_000)])
        #expect(map.wall(ofMonotonic: 10_000_000_000) == 1_010_000_000_000)
        #expect(map.wall(ofMonotonic: 15_000_000_000) == 1_015_000_250_000)
        #expect(map.wall(ofMonotonic: 0) == 1_000_000_000_000)
        #expect(map.wall(ofMonotonic: 30_000_000_000) == 1_030_000_500_000)
        #expect(map.driftNanoseconds == 500_000)
        #expect(map.bounds == 1_010_000_000_000...1_020_000_500_000)
    }

    @Test("is not known where it was set, and there alone")
    func set() {
        let map = map([
            (10_000_000_000, 1_010_000_000_000), (20_000_000_000, 2_020_000_000_000),
            (30_000_000_000, 2_030_000_000_000),
        ])
        #expect(map.wall(ofMonotonic: 15_000_000_000) == nil)
        #expect(map.wall(ofMonotonic: 25_000_000_000) == 2_025_000_000_000)
        #expect(map.driftNanoseconds == 0)
    }

    @Test("is not known without a record, and the largest numbers do no harm", arguments: [0, 1, UInt64.max])
    func extremes(number: UInt64) {
        #expect(map([]).wall(ofMonotonic: number) == nil)
        for other in [0, 1, UInt64.max, 1 << 63] {
            let map = map([(number, other), (other, number)])
            for instant in [0, number, other, UInt64.max] { _ = map.wall(ofMonotonic: instant) }
        }
    }
}
