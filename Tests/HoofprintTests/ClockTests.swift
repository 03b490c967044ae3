import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

@Suite("Clocks")
struct ClockTests {
    private static let rate: UInt64 = 2_600_000_000

    private static func reading(milliseconds: UInt64, ticks: UInt64) -> ClockReading {
        ClockReading(
            ticks: 1000 + ticks, monotonicNanoseconds: 5_000_000_000 + milliseconds * 1_000_000,
            wallNanoseconds: 1_800_000_000_000_000_000)
    }

    private static func calibration() -> ClockCalibration {
        ClockCalibration(start: reading(milliseconds: 0, ticks: 0), ticksPerSecond: rate)
    }

    @Test("the rate is measured ever more exactly while the counter keeps up")
    func steady() {
        var calibration = Self.calibration()
        for second: UInt64 in 1...100 {
            // 20 millionths faster than was measured at start.
            let record = calibration.record(Self.reading(milliseconds: second * 1000, ticks: second * 2_600_052_000))
            #expect(record.ticksPerSecond == 2_600_052_000)
            #expect(record.ticks == second * 2_600_052_000)
            #expect(record.monotonicNanoseconds == second * 1_000_000_000)
        }
        #expect(calibration.jumps == 0)
    }

    @Test("a leap of the counter, forth or back, is marked once and does not bend the rate", arguments: [9, -9])
    func leap(milliseconds: Int64) {
        var calibration = Self.calibration()
        let offset = milliseconds * Int64(Self.rate) / 1000
        for second: Int64 in 1...10 {
            let ticks = second * Int64(Self.rate) + (second > 5 ? offset : 0)
            let record = calibration.record(
                Self.reading(milliseconds: UInt64(second) * 1000, ticks: UInt64(ticks)))
            #expect(record.ticksPerSecond == Self.rate)
            #expect(calibration.jumps == (second > 5 ? 1 : 0))
        }
    }

    @Test("a rate that stays another one is taken, and its first two flushes are marked")
    func otherRate() {
        var calibration = Self.calibration()
        var ticks: UInt64 = 0
        for second: UInt64 in 1...10 {
            ticks += second > 5 ? 3_000_000_000 : Self.rate
            let record = calibration.record(Self.reading(milliseconds: second * 1000, ticks: ticks))
            #expect(record.ticksPerSecond == (second > 6 ? 3_000_000_000 : Self.rate))
        }
        #expect(calibration.jumps == 2)
    }

    @Test("a counter that stands below its start gives no negative times")
    func behindStart() {
        var calibration = Self.calibration()
        var reading = Self.reading(milliseconds: 1000, ticks: 0)
        reading.ticks = 1
        let record = calibration.record(reading)
        #expect(record.ticks == 0 && record.ticksPerSecond == Self.rate && calibration.jumps == 1)
    }

    @Test("readings too close to tell anything leave the rate as it is")
    func tooClose() {
        var calibration = Self.calibration()
        var reading = Self.reading(milliseconds: 0, ticks: 900_000)
        reading.monotonicNanoseconds += 500
        #expect(calibration.record(reading).ticksPerSecond == Self.rate)
        #expect(calibration.jumps == 0)
    }

    @Test("the system's clock does as well, where it is asked for", arguments: ["aggregate", "every"])
    func fallback(mode: String) throws {
        let log = try ScenarioRun.run("cpu", ["HOOFPRINT_CLOCK": "monotonic", "HOOFPRINT": mode]).log
        #expect(log.session?.clock == "monotonic")
        #expect(log.drops == DropsRecord())
        let clocks = log.records.compactMap { if case .clock(let clock) = $0.record { clock } else { nil } }
        #expect(clocks.allSatisfy { (999_000_000...1_001_000_000).contains($0.ticksPerSecond) })
        let names = log.endedPaths
        #expect(Set(names) == ["both", "both > compute", "both > sleep"])
    }
}
