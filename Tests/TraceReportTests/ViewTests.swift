import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

@Suite("What views show")
struct ViewTests {
    private func lines(_ view: any ReportView, _ report: Report) -> [String] {
        view.lines(of: report, in: TextLayout(width: 100))
    }

    @Test("a critical path's parts add up to the request, each function once, in the order it was waited for")
    func criticalPath() throws {
        for request in try Report.pictureViews().requests {
            let parts = CriticalPath(of: request).parts
            #expect(parts.reduce(0) { $0 + $1.nanoseconds } == request.durationNanoseconds)
            #expect(abs(parts.reduce(0) { $0 + $1.share } - 1) < 1e-9)
            #expect(
                parts.map(\.place.name) == [
                    "POST /images", "cache.lookup", "image.decode", "image.red.count", "image.store",
                ])
            #expect(parts.map(\.spans) == [1, 2, 1, 1, 1])
        }
    }

    @Test("of a path over many functions those are shown that took the longest, and the rest is one line")
    func longPath() throws {
        var request = RequestSummary(
            session: 1, id: 1, reason: .slow, startWallNanoseconds: 0, durationNanoseconds: 20 * 21 / 2 * 1_000)
        var start: UInt64 = 0
        for number in 1...20 as ClosedRange<UInt64> {
            let place = FunctionPlace(name: "f\(number)")
            request.spans.append(
                RequestSummary.Span(
                    place: place, parent: nil, depth: 0, startNanoseconds: start, durationNanoseconds: number * 1_000,
                    selfNanoseconds: number * 1_000))
            request.criticalPath.append(
                RequestSummary.Segment(
                    span: Int(number) - 1, startNanoseconds: start, endNanoseconds: start + number * 1_000))
            start += number * 1_000
        }
        var report = Report(sortKey: .selfTime)
        report.requests = [request]
        let text = lines(RequestsView(), report)
        #expect(text.count { $0.hasPrefix("     ") && $0.contains("  f") } == 12)
        #expect(text.contains { $0.contains("36.0µs          … in 8 more functions") })
        #expect(RequestsView().table(of: report).rows.count == 20)
        // A path that names spans that are not there is what hostile records make.
        report.requests[0].criticalPath = [
            RequestSummary.Segment(span: 99, startNanoseconds: 9, endNanoseconds: 3),
            RequestSummary.Segment(span: 0, startNanoseconds: 9, endNanoseconds: 3),
        ]
        #expect(lines(RequestsView(), report).contains { $0.contains("0ns") && $0.contains("f1") })
    }

    @Test("--top bounds requests, open ones and stretches of time, and what is left out is said")
    func top() throws {
        let report = try Report.pictureViews()
        #expect(lines(RequestsView(top: 1), report).contains { $0.contains("2 more: --top 3.") })
        #expect(lines(OpenView(top: 1), report).contains("1 more: --top 2."))
        #expect(lines(TimelineView(top: 3), report).count { $0.hasPrefix("00:") } == 3)
        #expect(RequestsView(top: 1).table(of: report).rows.count == 5)
        #expect(RankingView(top: 2).table(of: report).rows.count == 2)
    }

    @Test("spans that were open at a crash are set apart, with the signal")
    func crash() throws {
        var report = try Report.pictureViews()
        for index in report.open.indices where report.open[index].request == 502 {
            report.open[index].session = 7
            report.open[index].crashSignal = 11
        }
        var crashed = report.processes[0]
        (crashed.session, crashed.hasEnded, crashed.endReason, crashed.crashSignal) = (7, true, "SIGSEGV", 11)
        report.processes.append(crashed)
        let text = TextStillRunning(report: report, width: 100, style: TextStyle(usesColor: false)).lines()
        let crash = "OPEN WHEN the process crashed with SIGSEGV: 1 request, for 800ms in cache.lookup ‹ GET /images"
        #expect(text[0] == crash)
        #expect(text[1].hasPrefix("STILL RUNNING when the log ended: 1 request, for 48.0s in image.red.count"))
        let open = lines(OpenView(), report)
        #expect(open[0] == "OPEN when the log or the process ended: 2 requests")
        #expect(open.contains { $0.contains("the process crashed with SIGSEGV") })
        report.open.removeAll { $0.session != 7 }
        #expect(lines(OpenView(), report)[0] == "OPEN WHEN THE PROCESS ENDED: 1 request")
    }

    @Test("open spans without a request are told apart by thread")
    func openWithoutRequest() {
        let place = FunctionPlace(name: "f")
        func span(thread: UInt64, age: UInt64) -> OpenSpan {
            OpenSpan(
                session: 1, pid: 1, stack: [place], thread: thread, startWallNanoseconds: 0, ageNanoseconds: age)
        }
        var report = Report(sortKey: .selfTime)
        report.open = [(1, 9), (0, 8), (1, 7), (0, 6)].map { span(thread: $0.0, age: $0.1) }
        #expect(OpenRequest.all(of: report).map(\.spans.count) == [2, 1, 1])
        report.open = [OpenSpan(session: 1, pid: 1, stack: [], startWallNanoseconds: 0, ageNanoseconds: 5)]
        #expect(OpenRequest.all(of: report)[0].stackLines().isEmpty)
        #expect(lines(OpenView(), report).count == 3)
    }

    @Test(
        "a histogram's bars hold every call once, in at most 16 ranges without gaps",
        arguments: 0..<50 as Range<UInt64>)
    func bars(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let widest = Int.random(in: 1...40, using: &random)
        var window = Timeline.Window()
        for _ in 0..<500 {
            let bound: UInt64 = 1 << Int.random(in: 1...widest, using: &random)
            window.durations.add(ticks: UInt64.random(in: 0..<bound, using: &random))
        }
        let bars = HistogramBars(window.durations).bars
        #expect((1...16).contains(bars.count))
        #expect(bars.reduce(0) { $0 + $1.count } == 500)
        for (bar, next) in zip(bars, bars.dropFirst()) { #expect(bar.upper == next.lower) }
        #expect(bars.first?.count != 0 && bars.last?.count != 0)
    }
}
