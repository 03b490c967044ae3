import Testing
import TraceLog

@testable import TraceReport

/// What a value holds, member by member, in a form that compares.
private struct Members {
    /// Texts of what each member of each type was.
    private(set) var seen: [String: Set<String>] = [:]

    /// What is worked out again, or is of the reading and not of what was read.
    private static let notCarried: Set = [
        "SessionWindows.current", "SessionModel.bounds", "SessionModel.earlier", "SymbolModel.source",
        "SymbolModel.cache", "SessionModel.firstInput", "Place.input",
        "InputSummary.records", "InputSummary.lost", "InputSummary.lostBeforeStart", "InputSummary.forged",
    ]

    mutating func text(of value: Any) -> String {
        if let set = value as? SequenceSet { return "\(set.ranges) \(set.distinct)" }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { text(of: $0.value) } ?? "nil"
        case .collection, .tuple: return "[" + mirror.children.map { text(of: $0.value) }.joined(separator: ",") + "]"
        case .dictionary, .set:
            return "[" + mirror.children.map { text(of: $0.value) }.sorted().joined(separator: ",") + "]"
        case .struct where !mirror.children.isEmpty:
            let type = "\(mirror.subjectType)"
            let members = mirror.children.compactMap { label, value -> String? in
                let name = "\(type).\(label ?? "")"
                if Self.notCarried.contains(name) { return nil }
                let text = text(of: value)
                seen[name, default: []].insert(text)
                return "\(label ?? ""):\(text)"
            }
            return "\(type)(\(members.joined(separator: ",")))"
        default: return "\(value)"
        }
    }
}

@Suite("What a partial carries")
struct PartialMemberTests {
    /// A log in which every member of a model is something.
    private static var full: [UInt8] {
        var log = WrittenLog.sampledPictureService()
        log.write(.drops(DropsRecord(lines: 1, spans: 2, paths: 3, misused: 4, requests: 5, clockSteps: 6)))
        log.write(.module(ModuleRecord(id: 9, buildID: "b", layout: 1, path: "/lib/x.so", bias: 4_096)))
        log.write(.sample(SampleRecord(sampler: "waits", path: 2, what: "lock", count: 3)))
        log.write(.crash(CrashRecord(signal: 11, thread: 7)))
        log.write(
            .stats(
                StatsRecord(
                    path: 2, count: 1, totalNanoseconds: 2, selfNanoseconds: 3, cpuNanoseconds: 4,
                    maximumNanoseconds: 5,
                    errors: 6, folded: 7, parts: 3, histogram: DurationHistogram())))
        let span = TreeRecord.Span(
            path: 1, parent: 1, startNanoseconds: 2, durationNanoseconds: 3, cpuNanoseconds: 4, thread: 5,
            hasFailed: true)
        log.write(.tree(TreeRecord(request: 4_711, part: 1, spans: [span])))
        let trace = TraceIdentity(traceHigh: 1, traceLow: 2, span: 3)
        var request = RequestRecord(
            id: 5, path: 3, reason: .failed, startNanoseconds: 1, durationNanoseconds: 1, spans: 1, isPartial: true,
            parts: 1)
        request.trace = trace
        log.write(.request(request))
        var open = OpenRecord(path: 1, request: 8, thread: 2, startNanoseconds: 3, ageNanoseconds: 4)
        open.trace = trace
        log.write(.open(open))
        return log.bytes + WrittenLog.watchedPictureService().bytes + others + Array("~hp1 torn".utf8)
    }

    /// Sessions in mode `every`, of requests that are passed over, and of a counter that falls.
    private static var others: [UInt8] {
        var spans = WrittenLog(session: 3)
        var announced = WrittenLog(session: 5)
        announced.write(
            .session(
                SessionRecord(
                    pid: 1, host: "h", program: "p", buildId: "b", startWallNanoseconds: 2, clock: "tsc", mode: "every",
                    flushMilliseconds: 3, spanCostPicoseconds: 4, slowest: 5, openMilliseconds: 6, memoryBytes: 7)))
        spans.write(
            .span(
                SpanRecord(
                    path: 1, id: 1, parent: 0, thread: 1, startNanoseconds: 0, durationNanoseconds: 9,
                    selfNanoseconds: 1,
                    cpuNanoseconds: 1, error: "E")))
        var requests = WrittenLog(session: 4)
        for took in (1...11 as ClosedRange<UInt64>).reversed() { requests.writeRequest(took, [(1, 0, 0, took, 0)]) }
        for value in [5, 3, 7] as [UInt64] { requests.writeProbe("p", [("c", value)]) }
        let prefix = Array("Nov 24 00:00:00 host red[4242]: ".utf8)
        return prefix + announced.bytes + spans.bytes + spans.lines[0] + requests.bytes
    }

    @Test("is every member of what was read")
    func members() throws {
        var analyser = LogAnalyser()
        try analyser.read(.bytes(Self.full, name: "server.log"))
        let piece = analyser.piece
        var carrier = PartialCarrier(reading: piece.encoded())
        let found = try LogPiece.carried(nil, by: &carrier)
        var (before, after) = (Members(), Members())
        #expect(before.text(of: piece) == after.text(of: found))
        // A member that is never anything would not be missed.
        let blank: Set = ["0", "nil", "[]", "", "false"]
        let neverFilled = before.seen.filter { $0.value.isSubset(of: blank) }.keys.sorted()
        #expect(
            neverFilled == [
                "InputSummary.beyondLimits", "InputSummary.cut", "InputSummary.damaged", "InputSummary.overlong",
                "InputSummary.trailed", "InputSummary.unknownKinds", "PathModel.base",
            ])
    }
}
