import Testing

@testable import TraceReport

@Suite("Which functions are to be fixed first")
struct FirstFindingTests {
    /// A function with its own time in percent of all; calls and requests that made them.
    private func function(
        _ name: String, _ percent: UInt64, awaits: Bool, calls: UInt64 = 100, requests: UInt64 = 100
    ) -> FunctionSummary {
        var function = FunctionSummary(name: name, function: "", file: "", line: 0)
        (function.count, function.rootCalls, function.hasAsyncPaths) = (calls, requests, awaits)
        (function.totalNanoseconds, function.selfNanoseconds) = (percent * 1_000_000, percent * 1_000_000)
        function.syncSelfNanoseconds = awaits ? 0 : function.selfNanoseconds
        function.share = Double(percent) / 100
        return function
    }

    /// One that computes for a share of ten seconds' processor time.
    private func computing(_ name: String, _ percent: UInt64, processor: Double) -> FunctionSummary {
        var function = function(name, percent, awaits: false)
        function.selfCPUNanoseconds = UInt64(processor * 10e9)
        return function
    }

    private func names(_ functions: [FunctionSummary]) -> [String] {
        var report = Report(sortKey: .selfTime)
        report.functions = functions
        let process = ProcessSummary(
            session: 1, pid: 1, host: "", program: "", buildId: "", mode: "aggregate",
            startWallNanoseconds: 5_000_000_000, endWallNanoseconds: 15_000_000_000, hasEnded: true)
        report.processes = [process]
        return Finding.first(of: report).map(\.function.name)
    }

    @Test("those that await do not push out what they wait for")
    func awaiting() {
        let all = [
            function("query", 30, awaits: true), function("reserve", 20, awaits: true),
            function("ask", 14, awaits: false),
            function("enter", 12, awaits: false), function("compare", 8, awaits: false),
            function("write", 6, awaits: false),
        ]
        #expect(names(all) == ["query", "ask", "enter", "compare"])
    }

    @Test("a loop that waits for work is left out, unless there is nothing else")
    func loop() {
        let loop = function("run", 90, awaits: true, calls: 1, requests: 0)
        #expect(names([loop, function("ask", 6, awaits: false)]) == ["ask"])
        #expect(names([loop]) == ["run"])
    }

    @Test("what computes most is told of, however little of all the waiting it is")
    func busiest() {
        let waiting = function("enter", 90, awaits: false)
        #expect(names([waiting, computing("compare", 1, processor: 0.4)]) == ["enter", "compare"])
        // Another computes as much: no single one to be mended.
        let others = (1...4).map { computing("other \($0)", 1, processor: 0.4) }
        #expect(names([waiting, computing("compare", 1, processor: 0.4)] + others) == ["enter"])
        // A processor has hardly anything to do.
        #expect(names([waiting, computing("compare", 1, processor: 0.04)]) == ["enter"])
        // It is there already.
        #expect(names([waiting, computing("compare", 8, processor: 0.4)]) == ["enter", "compare"])
    }
}
