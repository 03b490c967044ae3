import SeededRandom
import StatsSamples
import Testing
import WallClock

@testable import REDStats

@Suite("Rollups")
struct RollupTests {
    @Test("a histogram is read as it was written, and counts what is above a value")
    func histograms() throws {
        var numbers = SeededGenerator(seed: 12)
        for size in [0, 1, 2, 10, 1_000, 5_000] {
            let widths = [1, 100, 1_000_000]
            for width in widths {
                let values = (0..<size).map { _ in Int.random(in: 0...width, using: &numbers) }
                let histogram = RedHistogram(values)
                let bytes = histogram.bytes
                #expect(try RedHistogram(bytes: bytes) == histogram)
                for above in [0, width / 3, width, 1_000_000] {
                    let counted = try RedHistogram.count(bytes, above: above)
                    #expect(counted == (values.count, values.count { $0 > above }))
                }
                let half = values.count / 2
                var sum = RedHistogram(Array(values[..<half]))
                sum.add(RedHistogram(Array(values[half...])))
                #expect(sum == histogram)
            }
        }
    }

    @Test("bytes that nobody wrote are damaged, and never more than that")
    func damage() {
        var numbers = SeededGenerator(seed: 13)
        for _ in 0..<2_000 {
            let bytes = (0..<Int(numbers.next() % 20)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            _ = try? RedHistogram(bytes: bytes)
            _ = try? IntervalCounts(bytes)
            bytes.withUnsafeBytes { _ = try? IntervalCounts.count($0, above: 500_000) }
        }
        #expect(throws: DamagedRollup.self) { try RedHistogram(bytes: [0x80]) }
        #expect(throws: DamagedRollup.self) { try IntervalCounts([]) }
        #expect(throws: DamagedRollup.self) { try IntervalCounts([3]) }
    }

    @Test("rows that grow by pieces are those of all at once", arguments: [100, 600, 601, 900, 901, 20_000, 70_000])
    func growth(_ count: Int) throws {
        var numbers = SeededGenerator(seed: 14)
        let values = (0..<count).map { _ in Int.random(in: 0...1_000_000, using: &numbers) }
        func build(_ piece: Int) throws -> [RollupKey: RollupRow] {
            var rows: [RollupKey: RollupRow] = [:]
            for start in stride(from: 0, to: count, by: piece) {
                var changes = RollupChanges()
                for red in values[start..<min(count, start + piece)] { changes.count(client: 7, time: 0, red: red) }
                for (key, row) in try changes.rows(load: { keys in
                    keys.reduce(into: [:]) { $0[$1] = rows[$1] }
                }) {
                    rows[key] = row
                }
            }
            // What was moved into narrower chunks has left empty rows.
            return rows.filter { $0.value.count > 0 }
        }
        let whole = try build(count)
        let pieces = try build(997)
        #expect(whole == pieces)
    }

    @Test("a plan covers its interval once, whole slots by rollups, with no more than a minute at each end")
    func plans() throws {
        var samples = EventSamples(seed: 15, length: 800 * 86_400_000)
        for _ in 0..<300 {
            let query = try samples.query(thresholds: [0])
            let plan = CountPlan(query)
            var pieces = plan.edges
            for slots in plan.slots {
                pieces.append(slots.start..<slots.level.start(of: slots.range.upperBound))
            }
            pieces.sort { $0.lowerBound < $1.lowerBound }
            #expect(pieces.first?.lowerBound == query.from.milliseconds)
            #expect(pieces.last?.upperBound == query.to.milliseconds)
            for (left, right) in zip(pieces, pieces.dropFirst()) { #expect(left.upperBound == right.lowerBound) }
            #expect(plan.edges.allSatisfy { $0.count < 120_000 })
            if query.step == nil { #expect(plan.slots.count <= 7 && plan.edges.count <= 2) }
        }
    }

    @Test(
        "steps are durations of one unit",
        arguments: [
            ("PT1M", .minutes(1)), ("PT15M", .minutes(15)), ("PT1H", .minutes(60)), ("P1D", .minutes(1_440)),
            ("P1W", .minutes(10_080)), ("P1M", .months(1)), ("P1Y", .months(12)), ("PT0M", nil), ("PT1S", nil),
            ("P1DT1H", nil), ("1H", nil), ("PT-1M", nil), ("", nil), ("P", nil), ("PT", nil), ("PT9999999M", nil),
            ("P101Y", nil), ("PT1D", nil), ("PT\u{661}M", nil),
        ] as [(String, CountStep?)])
    func steps(_ text: String, _ step: CountStep?) { #expect(CountStep(text) == step) }

    @Test("questions that cannot be asked are refused in words")
    func mistakes() throws {
        let (early, late) = (try moment("2026-01-01"), try moment("2027-01-01"))
        #expect(throws: CountMistake(parameter: "to", detail: "it is not after 'from'")) {
            try CountQuery(from: late, to: early, above: 0)
        }
        #expect(throws: CountMistake(parameter: "above", detail: "1000001 is not in 0…1000000 parts per million")) {
            try CountQuery(from: early, to: late, above: 1_000_001)
        }
        #expect(throws: CountMistake.self) { try CountQuery(from: early, to: late, above: 0, step: .minutes(1)) }
        #expect(throws: CountMistake.self) { try CountQuery(from: try moment("1969-12-31"), to: late, above: 0) }
    }
}
