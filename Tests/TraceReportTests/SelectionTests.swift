import Testing
import TraceLog
import TraceReport

@Suite("Reports of a part of the logs")
struct SelectionTests {
    /// Two processes: a server with two roots that share a function, and a worker.
    private func analyser() throws -> LogAnalyser {
        var server = WrittenLog(session: 0xabcd_0000_0000_0001)
        server.writeSession(pid: 11)
        server.writePath(1, under: 0, "GET /stats")
        server.writePath(2, under: 0, "POST /images")
        server.writePath(3, under: 1, "db.query")
        server.writePath(4, under: 2, "db.query", callsite: 3)
        server.writePath(5, under: 2, "image.decode")
        server.writeClock(seconds: 10)
        server.writeStats(1, count: 10, total: 1_000, own: 600, cpu: 5)
        server.writeStats(2, count: 20, total: 8_000, own: 1_000, cpu: 5)
        server.writeStats(3, count: 10, total: 400, own: 400, cpu: 5)
        server.writeStats(4, count: 40, total: 3_000, own: 3_000, cpu: 5, errors: 2)
        server.writeStats(5, count: 20, total: 4_000, own: 4_000, cpu: 5)
        server.write(.errors(ErrorsRecord(path: 4, type: "Busy", count: 2)))
        server.writeRequest(1, [(1, 0, 0, 5, 0), (3, 0, 1, 2, 0)])
        server.writeRequest(2, [(2, 0, 0, 9, 0), (4, 0, 1, 2, 0)])
        server.writeOpen(3, seconds: 1, age: 9)
        server.writeOpen(5, seconds: 2, age: 8)
        server.write(.usage(UsageRecord(path: 2, blocksOut: 3)))
        server.write(.sample(SampleRecord(sampler: "stacks", path: 4, what: "lock", count: 7, stack: nil)))
        server.write(.sample(SampleRecord(sampler: "stacks", path: 3, what: "lock", count: 5, stack: nil)))
        var worker = WrittenLog(session: 0xef01_0000_0000_0002)
        worker.write(
            .session(
                SessionRecord(
                    pid: 12, host: "web-2", program: "red-stats", buildId: "", startWallNanoseconds: WrittenLog.start,
                    clock: "tsc", mode: "aggregate", flushMilliseconds: 10_000, spanCostPicoseconds: 1)))
        worker.writePath(1, under: 0, "batch")
        worker.writeClock(seconds: 10)
        worker.writeStats(1, count: 1, total: 50, own: 50, cpu: 5)
        worker.write(.drops(DropsRecord(lines: 3)))
        var analyser = LogAnalyser()
        try analyser.read(.bytes(server.bytes + worker.bytes, name: "log"))
        return analyser
    }

    private func report(
        root: String? = nil, function: String? = nil, process: String? = nil
    ) throws -> Report {
        try analyser().report(selection: ReportSelection(root: root, function: function, process: process))
    }

    @Test(
        "by root: every sum, request, open span, sample and use is of what ran under it",
        arguments: ["POST /images", "POST*", "P?ST /*s"])
    func root(pattern: String) throws {
        let found = try report(root: pattern)
        #expect(found.functions.map(\.name) == ["image.decode", "db.query", "POST /images"])
        #expect(found.function("db.query")?.count == 40)
        #expect(found.function("db.query")?.errorTypes.first?.count == 2)
        #expect(found.function("db.query")?.rootCalls == 20)
        #expect(found.selfNanoseconds == 8_000)
        #expect(found.function("image.decode")?.share == 0.5)
        #expect(found.tree.nodes.count == 3)
        #expect(found.requests.map(\.id) == [2])
        #expect(found.open.map { $0.stack.last?.name } == ["image.decode"])
        #expect(found.resources.roots.map(\.blocksOut) == [3])
        #expect(found.samples.taken == 7)
        #expect(found.selected.root == SelectionMatch(pattern: pattern, matched: 1, known: 3))
        #expect(found.selected.function == nil && found.selected.process == nil)
    }

    @Test("by the function that opens the root's span, too")
    func rootFunction() throws {
        #expect(try report(root: "GET /stats(_:)").functions.map(\.name) == ["GET /stats", "db.query"])
    }

    @Test("by function: those are ranked, with their shares of everything")
    func function() throws {
        let found = try report(function: "db.*")
        #expect(found.functions.map(\.name) == ["db.query"])
        #expect(found.functions.first?.count == 50)
        #expect(found.selfNanoseconds == 9_050)
        #expect(found.functions.first?.share == 3_400.0 / 9_050)
        #expect(found.selected.function == SelectionMatch(pattern: "db.*", matched: 1, known: 5))
    }

    @Test(
        "by process: its id, program, host, or the beginning of the session's tag",
        arguments: ["12", "red-stats", "red-*", "web-2", "w?b-2", "ef01", "EF0100", "ef01000000000002"])
    func process(pattern: String) throws {
        let found = try report(process: pattern)
        #expect(found.processes.map(\.pid) == [12])
        #expect(found.functions.map(\.name) == ["batch"])
        #expect(found.drops.lines == 3)
        #expect(found.selected.process == SelectionMatch(pattern: pattern, matched: 1, known: 2))
        #expect(found.records > 20, "what the logs hold does not depend on the selection")
    }

    @Test("a pattern that selects nothing says how many there were and which are near")
    func nothing() throws {
        let root = try report(root: "POST /image")
        #expect(root.functions.isEmpty && root.tree.nodes.isEmpty && root.requests.isEmpty && root.open.isEmpty)
        let near = ["POST /images", "POST /images(_:)"]
        #expect(root.selected.root == SelectionMatch(pattern: "POST /image", matched: 0, known: 3, near: near))
        #expect(try report(root: "db.query").selected.root?.matched == 0, "a function that is no root")
        #expect(try report(function: "image.dceode").selected.function?.near == ["image.decode"])
        #expect(try report(function: "Image.Decode").selected.function?.near.first == "image.decode")
        #expect(try report(function: "decode").selected.function?.near.first == "image.decode")
        #expect(try report(function: "nothing like it").selected.function?.near == [])
        #expect(try report(function: "").selected.function?.matched == 0)
        let process = SelectionMatch(pattern: "13", matched: 0, known: 2, near: ["11", "12"])
        #expect(try report(process: "13").selected.process == process)
        #expect(try report(process: "abc").selected.process?.matched == 0, "too short for a tag")
        #expect(try report(process: "12345678").selected.process?.matched == 0)
    }

    @Test(
        "patterns that a naive matcher would take years for are quick",
        arguments: [String(repeating: "*a", count: 300), String(repeating: "*", count: 600) + "b"])
    func patterns(pattern: String) throws {
        var log = WrittenLog()
        log.writeSession()
        log.writePath(1, under: 0, String(repeating: "a", count: 299))
        log.writeStats(1, count: 1, total: 1, own: 1, cpu: 0)
        var analyser = LogAnalyser()
        try analyser.read(.bytes(log.bytes, name: "log"))
        let found = analyser.report(selection: ReportSelection(root: pattern, function: "a*a?a*"))
        #expect(found.selected.root?.matched == 0)
    }
}
