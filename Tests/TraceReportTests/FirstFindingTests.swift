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

    private func names(_ functions: [FunctionSummary]) -> [String] {
        var report = Report(sortKey: .selfTime)
        report.functions = functions
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
}
