import Foundation
import SeededRandom
import Testing

@testable import TraceReport

@Suite("Numbers with units")
struct QuantityTests {
    @Test(
        "durations have three digits and the unit that fits",
        arguments: [
            (0, "0ns"), (999, "999ns"), (1_000, "1.00µs"), (9_994, "9.99µs"), (9_995, "10.0µs"), (99_950, "100µs"),
            (999_499, "999µs"), (999_500, "1.00ms"), (41_000_000, "41.0ms"), (1_200_000_000, "1.20s"),
            (59_949_999_999, "59.9s"), (59_950_000_000, "1m00s"), (372_000_000_000, "6m12s"),
            (3_599_500_000_000, "1h00m"), (86_400_000_000_000, "1d00h"), (UInt64.max, "584y"),
        ] as [(UInt64, String)])
    func durations(nanoseconds: UInt64, expected: String) {
        #expect(Quantity.duration(nanoseconds) == expected)
    }

    @Test("no number takes more than six columns, and each is within 0.5 % of the truth")
    func widths() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let number = random.next() >> UInt64.random(in: 0..<64, using: &random)
            #expect(Quantity.duration(number).count <= 6, "\(number)")
            #expect(Quantity.count(number).count <= 6, "\(number)")
        }
    }

    @Test(
        "only nothing is 0% and only all is 100%",
        arguments: [(0, "0%"), (0.0001, "<1%"), (0.006, "1%"), (0.414, "41%"), (0.9999, ">99%"), (1, "100%")])
    func percent(share: Double, expected: String) {
        #expect(Quantity.percent(share) == expected)
    }

    @Test(
        "a share of what ran at once may be more than all",
        arguments: [(0.5, "50%"), (1, "100%"), (1.404, "140%"), (1e300, "1.00P%"), (.infinity, "100%")])
    func wholePercent(share: Double, expected: String) {
        #expect(Quantity.wholePercent(share) == expected)
    }

    @Test(
        "averages have the digits that matter",
        arguments: [
            (0, "0"), (0.001, "<0.01"), (0.25, "0.25"), (0.99, "0.99"), (0.996, "1.0"), (4.04, "4.0"), (9.94, "9.9"),
            (9.96, "10"), (214.4, "214"), (1_200_000, "1.20M"), (1e300, "1.00E"),
        ])
    func averages(number: Double, expected: String) {
        #expect(Quantity.number(number) == expected)
    }

    @Test(
        "instants are those of the calendar", arguments: [0, 951_782_400, 1_795_489_751, 4_102_444_799, 18_446_744_073])
    func instants(seconds: UInt64) {
        let formatter = ISO8601DateFormatter()
        let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
        let time = WallTime(nanoseconds: seconds * 1_000_000_000 + 5)
        #expect(time.rfc3339 == expected.dropLast() + ".000000005Z")
    }
}
