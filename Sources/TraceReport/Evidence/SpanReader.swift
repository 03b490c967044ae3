import CLogScan
import TraceLog

/// Reads from logs which sync span was open on which thread, and when: `span` records, those that had not ended, and where a
/// program writes no others those of its `tree` records.
///
/// Takes about 90 bytes a span, until they are in order, of those only that lie in a stretch of time.
struct SpanReader {
    /// A span as the log has it.
    private struct Found {
        var start: UInt64
        var duration: UInt64
        var path: UInt32
        var thread: UInt32
    }

    private let stretch: ClosedRange<UInt64>
    private let clocks: ClockReader?
    private let process: ProcessPattern?
    private var spans: [Found] = []
    private var sessions: [SessionSpans] = []
    private var indexOfSession: [UInt64: Int] = [:]
    private var paths: [SyncSpans.Path] = []
    private var threads: [UInt64] = []
    private var indexOfThread: [UInt64: UInt32] = [:]
    private var omissions = Evidence.Omissions()

    /// How many spans are kept: half a gigabyte.
    static let mostSpans = 6_000_000
    private static let mostThreads = 1_000_000
    private static let mostSessions = 4_096

    /// - Parameters:
    ///   - stretch: Of which time spans are kept.
    ///   - clocks: Knows which records are asked for; nil: all are.
    ///   - process: Which processes are asked for; nil: all are.
    init(_ stretch: ClosedRange<UInt64>, clocks: ClockReader?, process: ProcessPattern?) {
        self.stretch = stretch
        self.clocks = clocks
        self.process = process
    }

    /// Reads a log to its end.
    mutating func read(_ input: LogInput) throws(LogReadError) {
        let places = RecordPlaces()
        try input.forEachBlock(for: "joining a log") { block, isFinished in
            guard isFinished else { return }
            _ = places.forEachBatch(of: block) { found, base in for place in found { take(place, of: base) } }
        }
    }

    /// The kinds that are of use here, so that no other record is decoded.
    private static let kinds: [[UInt8]] = [
        "span ", "clock ", "path ", "session ", "request ", "tree ", "open ",
    ].map { Array($0.utf8) }

    /// Of the session that the record before was of, its text and its place.
    private var current = (session: 0, text: SessionText.none)

    private mutating func take(_ place: hp_log_place, of base: UnsafeRawPointer) {
        if let span = TimedSpan(at: base + Int(place.start), session: current.text) {
            guard isAsked(span.sequence, ofSession: current.text.number) else { return }
            return add(
                current.session, path: span.path, thread: span.thread, start: span.start, duration: span.duration)
        }
        takeOther(place, of: base)
    }

    private func isAsked(_ sequence: UInt64, ofSession tag: UInt64) -> Bool {
        clocks.map { $0.bounds(of: tag).side(of: sequence) == .inside } ?? true
    }

    private mutating func takeOther(_ place: hp_log_place, of base: UnsafeRawPointer) {
        let record = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
        let kind = record.dropFirst(RecordFormat.markerBytes.count)
        guard Self.kinds.contains(where: { kind.starts(with: $0) }),
            case .record(let header, let decoded) = RecordDecoder.decode(record: record),
            let session = index(ofSession: header.session)
        else { return }
        if current.text.number != header.session { current = (session, SessionText(header.session)) }
        let isAsked = isAsked(header.sequence, ofSession: header.session)
        switch decoded {
        case .session(let record):
            if sessions[session].announcement == nil { sessions[session].announcement = record }
        case .clock(let clock): sessions[session].clock.add(clock)
        case .path(let path): sessions[session].setForm(path.form, ofPath: path.id)
        case .span(let span) where isAsked:
            add(
                session, path: span.path, thread: span.thread, start: span.startNanoseconds,
                duration: span.durationNanoseconds)
        case .open(let span) where isAsked && span.thread != 0:
            add(
                session, path: span.path, thread: span.thread, start: span.startNanoseconds,
                duration: span.ageNanoseconds)
        case .request(let request): sessions[session].request = request
        case .tree(let tree) where isAsked: take(tree, session)
        default: break
        }
    }

    private mutating func index(ofSession tag: UInt64) -> Int? {
        if let known = indexOfSession[tag] { return known }
        guard sessions.count < Self.mostSessions else { return nil }
        sessions.append(SessionSpans(tag: tag))
        indexOfSession[tag] = sessions.count - 1
        return sessions.count - 1
    }

    private mutating func take(_ tree: TreeRecord, _ session: Int) {
        // Where every span has its record, these are told twice.
        guard let request = sessions[session].request, request.id == tree.request,
            sessions[session].announcement?.mode != "every"
        else { return }
        for span in tree.spans {
            add(
                session, path: span.path, thread: span.thread, start: request.startNanoseconds &+ span.startNanoseconds,
                duration: span.durationNanoseconds)
        }
    }

    private mutating func add(_ session: Int, path: UInt64, thread: UInt64, start: UInt64, duration: UInt64) {
        guard sessions[session].mayLie(in: stretch, start: start, duration: duration) else { return }
        guard spans.count < Self.mostSpans, let path = index(ofPath: path, session),
            let thread = index(ofThread: thread)
        else {
            omissions.spansBeyondLimit += 1
            return
        }
        spans.append(Found(start: start, duration: duration, path: path, thread: thread))
    }

    private mutating func index(ofPath id: UInt64, _ session: Int) -> UInt32? {
        if let known = sessions[session].indexOfPath[id] { return known }
        guard sessions[session].indexOfPath.count < SessionSpans.mostPaths else { return nil }
        let index = UInt32(paths.count)
        paths.append(SyncSpans.Path(session: sessions[session].tag, path: id))
        sessions[session].indexOfPath[id] = index
        return index
    }

    private mutating func index(ofThread number: UInt64) -> UInt32? {
        if let known = indexOfThread[number] { return known }
        guard threads.count < Self.mostThreads else { return nil }
        let index = UInt32(threads.count)
        threads.append(number)
        indexOfThread[number] = index
        return index
    }

    /// Returns the spans on the wall clock, of the sessions that say who they are.
    consuming func finished() -> SyncSpans {
        for index in sessions.indices { sessions[index].clock.finish() }
        let asked = sessions.map { session in
            session.announcement.map { process?.selects($0, tag: session.tag) ?? true } ?? false
        }
        let sessionOfPath = paths.map { indexOfSession[$0.session] ?? 0 }
        let forms = zip(paths, sessionOfPath).map { sessions[$1].form(ofPath: $0.path) }
        var intervals: [SyncSpans.Interval] = []
        for span in spans where asked[sessionOfPath[Int(span.path)]] {
            let clock = sessions[sessionOfPath[Int(span.path)]].clock
            guard let start = clock.wall(ofMonotonic: span.start),
                let end = clock.wall(ofMonotonic: saturatingSum(span.start, span.duration))
            else {
                omissions.spansWithoutTime += 1
                continue
            }
            guard start < end, start <= stretch.upperBound, end >= stretch.lowerBound else { continue }
            guard forms[Int(span.path)] == .sync else {
                omissions.takeAsync(span.duration)
                continue
            }
            intervals.append(SyncSpans.Interval(start: start, end: end, path: span.path, thread: span.thread))
        }
        let selected = zip(sessions, asked).filter(\.1).map(\.0)
        omissions.clockDriftNanoseconds = selected.map(\.clock.driftNanoseconds).max() ?? 0
        let all = selected.compactMap(\.bounds).reduce(nil as ClosedRange<UInt64>?) { .union($0, $1) }
        let processes = Set(selected.compactMap { $0.announcement?.pid })
        return SyncSpans(
            intervals, paths: paths, threads: threads, mainThread: processes.count == 1 ? processes.first : nil,
            bounds: all, omissions: omissions)
    }
}

/// What is needed of a session to place its spans.
private struct SessionSpans {
    let tag: UInt64
    var announcement: SessionRecord?
    var clock = ClockMap()
    /// The request whose tree follows.
    var request: RequestRecord?
    var indexOfPath: [UInt64: UInt32] = [:]
    private var forms: [UInt64: PathRecord.Form] = [:]

    /// Programs have at most so many.
    static let mostPaths = 16_384

    init(tag: UInt64) {
        self.tag = tag
    }

    /// When the session says anything.
    var bounds: ClosedRange<UInt64>? {
        let start = announcement?.startWallNanoseconds ?? .max
        return clock.bounds.map { min($0.lowerBound, start)...$0.upperBound }
    }

    mutating func setForm(_ form: PathRecord.Form, ofPath id: UInt64) {
        if forms[id] != nil || forms.count < Self.mostPaths { forms[id] = form }
    }

    func form(ofPath id: UInt64) -> PathRecord.Form? { forms[id] }

    /// Whether a span may lie in a stretch of time, by the clocks so far: the next `clock` record comes after it.
    func mayLie(in stretch: ClosedRange<UInt64>, start: UInt64, duration: UInt64) -> Bool {
        guard let offsets = clock.offsets else { return true }
        let slack: UInt64 = 2_000_000_000
        let latest = saturatingSum(saturatingSum(start, duration) &+ UInt64(bitPattern: offsets.upperBound), slack)
        let earliest = start &+ UInt64(bitPattern: offsets.lowerBound)
        return latest >= stretch.lowerBound && (earliest < slack || earliest - slack <= stretch.upperBound)
    }
}
