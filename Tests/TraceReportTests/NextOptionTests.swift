import Testing
import TraceLog

@testable import TraceReport

@Suite("Which options the first screen names")
struct NextOptionTests {
    private func options(of report: Report) -> [String] {
        let style = TextStyle(usesColor: false)
        let findings = Finding.first(of: report)
        let line = TextNext(report: report, width: 100, style: style, findings: findings).lines().joined()
        return line.replacing("next: add   ", with: "").split(separator: "   ").map { String($0) }
    }

    private func watched() throws -> Report { try report(WrittenLog.pictureService().bytes) }

    @Test("three at most, and none twice")
    func few() throws {
        let found = options(of: try watched())
        #expect((1...3).contains(found.count) && Set(found).count == found.count)
    }

    @Test("system calls, where the first function waits and nobody looked for what")
    func waits() throws {
        var report = try watched()
        let shares = report.functions.map(\.share)
        let index = try #require(shares.indices.max { shares[$0] < shares[$1] })
        report.functions[index].selfCPUNanoseconds = 0
        report.functions[index].syncSelfNanoseconds = report.functions[index].selfNanoseconds
        report.functions[index].hasAsyncPaths = false
        report.functions[index].waits = []
        #expect(options(of: report).contains("--strace STRACE.txt"))
        report.functions[index].waits = [.init(what: "disk", looks: 100)]
        #expect(!options(of: report).contains("--strace STRACE.txt"))
    }

    @Test("another run, where a function waits and nobody looked for what")
    func otherRun() throws {
        func sentence(_ report: Report) -> String {
            let (style, findings) = (TextStyle(usesColor: false), Finding.first(of: report))
            let next = TextNext(report: report, width: 60, style: style, findings: findings)
            return next.otherRun().joined(separator: " ")
        }
        var report = try watched()
        let waits = "To see what image.store WAITS for, run the server with HOOFPRINT_WAITS=100."
        #expect(sentence(report) == waits)
        report.functions[0].waits = [.init(what: "lock", looks: 1)]
        #expect(sentence(report).isEmpty)
        report.functions.removeAll { $0.name == "image.store" }
        report.functions[0].waits = []
        #expect(sentence(report).isEmpty)
    }

    @Test("a comparison, where a program was deployed anew")
    func builds() throws {
        var report = try watched()
        #expect(!options(of: report).contains("--compare OLDER.log"))
        var newer = report.processes[0]
        (newer.session, newer.buildId) = (2, "77aa")
        report.processes.append(newer)
        #expect(options(of: report).contains("--compare OLDER.log"))
    }

    @Test("parts of reports, where many hosts wrote the logs")
    func fleet() throws {
        var report = try watched()
        report.processes = (0..<8).map { number in
            var process = report.processes[0]
            (process.session, process.host) = (UInt64(number), "host-\(number)")
            return process
        }
        #expect(options(of: report).contains("--partial"))
    }

    @Test("what comes next, where little has come so far")
    func running() throws {
        var report = try watched()
        (report.processes[0].hasEnded, report.timeline.windowCount) = (false, 1)
        #expect(options(of: report).contains("--follow"))
        report.processes[0].hasEnded = true
        #expect(!options(of: report).contains("--follow"))
        (report.processes[0].hasEnded, report.inputs[0].file) = (false, "-")
        #expect(!options(of: report).contains("--follow"))
    }
}
