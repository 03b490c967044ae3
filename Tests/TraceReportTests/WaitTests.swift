import Foundation
import SeededRandom
import Testing
import TraceLog
import TraceReport

@Suite("What functions wait for")
struct WaitTests {
    /// A function called on two paths, whose threads were looked at; the newest counts are 200 lock, 80 disk, 40 running.
    private func written() -> WrittenLog {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "GET /")
        log.writePath(2, under: 1, "store")
        log.writePath(3, under: 0, "store", callsite: 2)
        func see(_ path: UInt64, _ what: String, _ count: UInt64, by sampler: String = "waits") {
            log.write(.sample(SampleRecord(sampler: sampler, path: path, what: what, count: count)))
        }
        see(2, "lock", 100)
        see(2, "lock", 150)
        see(3, "lock", 50)
        see(2, "disk", 80)
        see(2, "running", 40)
        see(2, "threads:3", 1000, by: "crowd")
        see(0, "(other)", 7)
        log.writeClock(seconds: 10)
        log.writeStats(1, count: 10, total: 1_000_000_000, own: 100_000_000, cpu: 10_000_000)
        log.writeStats(2, count: 10, total: 900_000_000, own: 900_000_000, cpu: 10_000_000)
        log.writeStats(3, count: 10, total: 900_000_000, own: 900_000_000, cpu: 10_000_000)
        return log
    }

    @Test("is added up over paths from the newest counts of each, most frequent first")
    func sums() throws {
        let found = try report(written().bytes)
        let waits = try #require(found.function("store")).waits
        #expect(waits.map(\.what) == ["lock", "disk", "running"])
        #expect(waits.map(\.looks) == [200, 80, 40])
        #expect(try #require(found.function("GET /")).waits.isEmpty)
    }

    @Test("is the same however the lines are ordered")
    func order() throws {
        let lines = written().lines
        let expected = try report(Array(lines.joined())).function("store")?.waits
        var random = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let shuffled = lines.shuffled(using: &random)
            #expect(try report(Array(shuffled.joined())).function("store")?.waits == expected)
        }
    }

    @Test("is said in the verdict, where it was looked at often enough")
    func words() throws {
        let text = TextRenderer(width: 140).render(try report(written().bytes))
        #expect(text.contains("320 looks found it 63% in lock, 25% in disk, 13% running."))
        var few = WrittenLog()
        few.writeSession()
        few.writePath(1, under: 0, "store")
        few.write(.sample(SampleRecord(sampler: "waits", path: 1, what: "lock", count: 19)))
        few.writeClock(seconds: 10)
        few.writeStats(1, count: 10, total: 900_000_000, own: 900_000_000, cpu: 10_000_000)
        #expect(!TextRenderer(width: 140).render(try report(few.bytes)).contains("looks"))
    }

    @Test("is in the JSON report")
    func json() throws {
        let text = JSONRenderer().render(try report(written().bytes))
        let members = #""waits":[{"what":"lock","looks":200},{"what":"disk","looks":80},{"what":"running","looks":40}]"#
        #expect(text.contains(members))
        #expect(text.contains(#""waits":[]"#))
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    @Test("is bounded, and hostile names and counts reach neither the terminal nor an overflow")
    func hostile() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "store")
        for index in 0..<10 {
            let what = "\u{1b}]0;title\u{7}\u{202e}" + String(repeating: "x", count: 100 * index)
            log.write(.sample(SampleRecord(sampler: "waits", path: 1, what: what, count: .max)))
        }
        log.writeClock(seconds: 10)
        log.writeStats(1, count: 10, total: 900_000_000, own: 900_000_000, cpu: 10_000_000)
        var limits = Limits()
        limits.waits = 3
        let found = try report(log.bytes, limits: limits)
        #expect(found.function("store")?.waits.count == 3)
        #expect(found.inputs[0].beyondLimits == 7)
        for width in [60, 100] {
            let text = TextRenderer(width: width).render(found)
            #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        }
    }
}
