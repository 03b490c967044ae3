import SeededRandom
import TraceLog
import TraceReport

/// The logs of some machines: sessions of both modes, one cut over a rotated set, one log twice, damage, a log of
/// something else.
struct FleetLogs {
    private var random: SeededGenerator
    private(set) var logs: [(name: String, bytes: [UInt8])] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        add("/srv/a/server.log", Self.spans(&random, session: 0xfedc_ba98_7654_3210 &+ seed), files: 3)
        var tree = WrittenLog(session: 0x00ff_1234_5678_9abc)
        RandomTree(seed: seed, size: 12).write(to: &tree, flushes: 6)
        add("/srv/b/server.log", tree.lines, files: 2)
        add("/srv/c/sampled.log", WrittenLog.sampledPictureService().lines, files: 1)
        add("/srv/c/watched.log", WrittenLog.watchedPictureService().lines, files: 2)
        logs.append(("/srv/d/copy of another.log", logs[Int(random.next() % 3)].bytes))
        let written = logs[Int(random.next() % 7)].bytes
        let cut = written.prefix(Int.random(in: 0...written.count, using: &random))
        let lastLine = cut.lastIndex(of: UInt8(ascii: "\n")) ?? 0
        logs.append(("/srv/0/copied while it was written.log", Array(cut[..<lastLine] + [UInt8(ascii: "\n")])))
        logs.append(("/srv/e/nginx.log", Array("GET / 200\nGET /x 404 ~hp1 x\n".utf8)))
        logs.append(("/srv/e/empty.log", []))
        var forged = WrittenLog(session: 7, firstSequence: 5)
        forged.writeClock(seconds: 3)
        logs.append(("/srv/e/forged.log", forged.bytes))
    }

    /// Of the logs in `order`, or in their own.
    func inputs(_ order: [Int]? = nil) -> [LogInput] {
        (order ?? Array(logs.indices)).map { .bytes(logs[$0].bytes, name: logs[$0].name) }
    }

    /// Adds a log that was cut into a rotated set at any lines, perhaps inside one.
    private mutating func add(_ name: String, _ lines: [[UInt8]], files: Int) {
        var cuts = (1..<files).map { _ in Int.random(in: 1..<lines.count, using: &random) }.sorted()
        cuts = [0] + cuts + [lines.count]
        for file in 0..<files {
            var bytes = Array(lines[cuts[file]..<cuts[file + 1]].joined())
            if random.next() % 4 == 0 { bytes += Array(lines[0].prefix(30)) }
            logs.append((file == files - 1 ? name : "\(name).\(files - 1 - file)", bytes))
        }
    }

    private static func spans(_ random: inout SeededGenerator, session: UInt64) -> [[UInt8]] {
        var log = WrittenLog(session: session)
        log.writeSession(mode: "every")
        for path in 1...5 as ClosedRange<UInt64> { log.writePath(path, under: path / 2, "f\(path)") }
        for second in 0..<40 as Range<UInt64> {
            log.writeClock(seconds: second * 3)
            for _ in 0..<Int.random(in: 0...12, using: &random) { log.write(.span(.random(&random))) }
            if random.next() % 3 == 0 {
                let took = 1 + random.next() % 50
                let reason: RequestRecord.Reason = random.next() % 3 == 0 ? .failed : .slow
                log.writeRequest(second + 100, [(1, 0, 0, took, 0), (2, 0, 0, took, 0)], reason: reason)
            }
        }
        return log.lines
    }
}
