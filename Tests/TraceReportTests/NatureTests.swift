import Foundation
import Testing
import TraceLog
import TraceReport

@Suite("Whether a function computes or waits")
struct NatureTests {
    /// A sync function of 1 s in its own code, with so much of it on a processor, and what looks at its threads found.
    struct Case: CustomTestStringConvertible, Sendable {
        let onCPU: Double
        let looks: [String: UInt64]
        let words: String
        let does: String
        var waitsFor: String?
        var testDescription: String { words }
    }

    private static let cases = [
        Case(onCPU: 0.98, looks: [:], words: "it COMPUTES (98% on CPU).", does: "computes"),
        Case(onCPU: 0.5, looks: [:], words: "it COMPUTES and WAITS (50% on CPU).", does: "both"),
        Case(onCPU: 0.04, looks: [:], words: "it WAITS (4% on CPU).", does: "waits"),
        // Ready, and without a processor: that says nothing about the function.
        Case(
            onCPU: 0.41, looks: ["running": 345], words: "it COMPUTES, where it gets a processor (41% on CPU).",
            does: "computes"),
        Case(
            onCPU: 0.1, looks: ["running": 60, "disk": 40], words: "it WAITS for the disk (10% on CPU).", does: "waits",
            waitsFor: "disk"),
        Case(
            onCPU: 0.3, looks: ["running": 60, "sleep": 40], words: "it COMPUTES and WAITS in sleep (30% on CPU).",
            does: "both", waitsFor: "sleep"),
        Case(
            onCPU: 0.04, looks: ["lock": 90, "disk": 10], words: "it WAITS for a lock (4% on CPU).", does: "waits",
            waitsFor: "lock"),
        Case(
            onCPU: 0.04, looks: ["lock": 50, "disk": 50], words: "it WAITS (4% on CPU).", does: "waits"),
        Case(
            onCPU: 0.04, looks: ["network": 30], words: "it WAITS for the network (4% on CPU).", does: "waits",
            waitsFor: "network"),
        Case(
            onCPU: 0.04, looks: ["syscall:42": 30], words: "it WAITS in syscall:42 (4% on CPU).", does: "waits",
            waitsFor: "syscall:42"),
        Case(onCPU: 0.04, looks: ["waiting": 30], words: "it WAITS (4% on CPU).", does: "waits"),
        Case(onCPU: 0.04, looks: ["lock": 2], words: "it WAITS (4% on CPU).", does: "waits"),
    ]

    @Test("is said with what it waits for, where looks agree on that", arguments: cases)
    func sync(_ example: Case) throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "store")
        for (what, count) in example.looks {
            log.write(.sample(SampleRecord(sampler: "waits", path: 1, what: what, count: count)))
        }
        log.writeClock(seconds: 10)
        log.writeStats(
            1, count: 10, total: 1_000_000_000, own: 1_000_000_000, cpu: UInt64(example.onCPU * 1_000_000_000))
        let found = try report(log.bytes)
        #expect(TextRenderer(width: 140).render(found).contains(example.words))
        let verdict = try Self.verdict(of: "store", in: found)
        #expect(verdict["does"] as? String == example.does)
        #expect(verdict["waits_for"] as? String == example.waitsFor)
        #expect(verdict["on_cpu"] as? Double == example.onCPU)
        #expect(verdict["on_cpu_interval"] is NSNull)
    }

    /// Samples in an async function of 1 s of its own; 300 samples in a sync function stand for 3 s on a processor.
    @Test(
        "is estimated of async functions from stack samples",
        arguments: [
            (95, "it COMPUTES (about 95% on CPU, by samples: 78% to 100%).", "computes", [0.777, 1]),
            (50, "it COMPUTES and AWAITS (about 50% on CPU, by samples: 38% to 66%).", "both", [0.379, 0.659]),
            (0, "it AWAITS: suspended or blocked (about 0% on CPU, by samples: 0% to 4%).", "awaits", [0, 0.038]),
        ] as [(UInt64, String, String, [Double])])
    func async(samples: UInt64, words: String, does: String, interval: [Double]) throws {
        let found = try report(Self.sampled(samples, inSync: 300).bytes)
        #expect(TextRenderer(width: 140).render(found).contains(words))
        let verdict = try Self.verdict(of: "request", in: found)
        #expect(verdict["does"] as? String == does)
        let bounds = try #require(verdict["on_cpu_interval"] as? [Double])
        #expect(bounds.map { ($0 * 1000).rounded() / 1000 } == interval)
    }

    /// Of 20 periods of 30 ms.
    @Test(
        "is left open where the samples are too few to tell",
        arguments: [
            (10, "it COMPUTES or AWAITS: too few samples to tell (27% to 92% on CPU).", "unsure"),
            (20, "it COMPUTES (about 100% on CPU, by samples: 65% to 100%).", "computes"),
            (0, "it AWAITS: suspended or blocked (about 0% on CPU, by samples: 0% to 19%).", "awaits"),
        ] as [(UInt64, String, String)])
    func unsure(samples: UInt64, words: String, does: String) throws {
        let found = try report(Self.sampled(samples, inSync: 100, own: 600_000_000).bytes)
        #expect(TextRenderer(width: 140).render(found).contains(words))
        let verdict = try Self.verdict(of: "request", in: found)
        #expect(verdict["does"] as? String == does)
        let bounds = try #require(verdict["on_cpu_interval"] as? [Double])
        #expect((bounds[0] < 0.3 && bounds[1] > 0.7) == (does == "unsure"))
        let page = HTMLRenderer().render(found)
        #expect(page.contains("<b class=computes>computes</b> or <b>awaits</b>") == (does == "unsure"))
    }

    @Test("is stated without bounds where they look the same")
    func narrow() throws {
        let log = Self.sampled(3, inSync: 300, own: 60_000_000_000)
        #expect(TextRenderer(width: 140).render(try report(log.bytes)).contains("blocked (<1% on CPU, by samples)."))
    }

    @Test("is not estimated where too few samples tell what one stands for")
    func tooFew() throws {
        let found = try report(Self.sampled(95, inSync: 99).bytes)
        let verdict = try Self.verdict(of: "request", in: found)
        #expect(verdict["does"] as? String == "awaits" && verdict["on_cpu"] is NSNull)
    }

    @Test(
        "is said without what hostile looks have in their names",
        arguments: [
            "\u{1b}]0;x\u{7}", "\u{202e}kcol", "</script><img src=x onerror=alert(1)>", "a\u{2028}b", "|`=cmd()",
        ])
    func hostile(name: String) throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "store")
        log.write(.sample(SampleRecord(sampler: "waits", path: 1, what: name, count: .max)))
        log.writeClock(seconds: 10)
        log.writeStats(1, count: 10, total: 900_000_000, own: 900_000_000, cpu: 10_000_000)
        let found = try report(log.bytes)
        let page = HTMLRenderer().render(found)
        for text in [TextRenderer(width: 100).render(found), JSONRenderer().render(found), page] {
            #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}") && !text.contains("\u{2028}"))
        }
        #expect(!page.contains("<img"))
        #expect(try Self.verdict(of: "store", in: found)["waits_for"] != nil)
    }

    private static func sampled(
        _ samples: UInt64, inSync syncSamples: UInt64, own: UInt64 = 1_000_000_000
    ) -> WrittenLog {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, "request", form: .async)
        log.writePath(2, under: 1, "decode")
        for (path, count) in [(UInt64(1), samples), (2, syncSamples)] where count > 0 {
            log.write(.sample(SampleRecord(sampler: "stacks", path: path, what: "running", count: count)))
        }
        log.writeClock(seconds: 10)
        log.writeStats(1, count: 10, total: own + 3_000_000_000, own: own, cpu: 3_000_000_000)
        log.writeStats(2, count: 10, total: 3_000_000_000, own: 3_000_000_000, cpu: 3_000_000_000)
        return log
    }

    private static func verdict(of name: String, in report: Report) throws -> [String: Any] {
        let text = JSONRenderer().render(report)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let functions = try #require(json["functions"] as? [[String: Any]])
        return try #require(functions.first { $0["name"] as? String == name }?["verdict"] as? [String: Any])
    }
}
