import CLogScan
import TraceLog

/// Reads a stretch of a log into a model.
///
/// A block of lines is looked through for markers at once, `span` records in their plain form are read from their digits, four
/// checksums at a time, and added up in tables; every other record is decoded and goes into the model by itself.
struct PartReader: ~Copyable {
    /// What was read.
    private(set) var model: LogModel
    /// The first bytes of the first line that is not empty.
    private(set) var firstLine: [UInt8] = []

    private let input: Int
    private let parts: LogAnalyser.Parts
    private let readsSpans: Bool
    private let spans = UnsafeMutableBufferPointer<hp_log_span>.allocate(
        capacity: RecordPlaces.batch)
    private var spanCount = 0
    /// The session of the spans that wait, and its text: nil before the first record.
    private var session: Int?
    private var text = SessionText.none
    private var tables = SpanTables()
    /// The block that is looked through, and about where in the log it begins.
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var position: UInt64 = 0
    private var messages = NumberedMessages()

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - model: What was read before, whose last input this is.
    ///   - input: Which of its inputs this is.
    ///   - parts: How the log is read.
    init(model: consuming LogModel, input: Int, parts: LogAnalyser.Parts = LogAnalyser.Parts()) {
        self.model = model
        self.input = input
        self.parts = parts
        readsSpans = parts.usesVectors && hp_log_reads_spans()
        self.model.beginPart()
    }

    deinit {
        spans.deallocate()
    }

    /// Reads `source`, which begins at ``LineBlocks/firstByte(of:)`` of the range, to the range's end.
    ///
    /// - Parameter position: How many bytes of the input come before it.
    mutating func read(
        _ source: inout some ByteSource & ~Copyable, _ range: LogRange, at position: UInt64
    ) throws(LogReadError) {
        var blocks = LineBlocks(range, readBytes: parts.readBytes)
        let places = RecordPlaces(usesVectors: parts.usesVectors)
        self.position = position
        let result = Result { () throws(LogReadError) in
            try blocks.forEachBlock(of: &source) { block, isFinished in
                if firstLine.isEmpty { keepFirstLine(of: block) }
                if isFinished { take(block, places) } else { takeUnfinished(block) }
            }
        }
        model.inputs[input].bytes += blocks.bytes
        model.inputs[input].lines += blocks.overlongLines
        model.inputs[input].overlong += blocks.overlongLines
        tables.takeOut(into: &model, input: input)
        model.endPart()
        try result.get()
    }

    private mutating func keepFirstLine(of block: UnsafeRawBufferPointer) {
        let line = block.drop { $0 == UInt8(ascii: "\n") }.prefix(120).prefix { $0 != UInt8(ascii: "\n") }
        firstLine = Array(line)
    }

    private mutating func takeUnfinished(_ line: UnsafeRawBufferPointer) {
        model.inputs[input].lines += 1
        takeOther(RecordDecoder.decode(line), isFinished: false)
    }

    private mutating func take(_ block: UnsafeRawBufferPointer, _ places: borrowing RecordPlaces) {
        self.block = messages.written(block)
        let lines = places.forEachBatch(of: self.block) { found, base in take(found, of: base) }
        model.inputs[input].lines += lines
        position += UInt64(block.count)
    }

    /// Takes the records of a block that were found.
    private mutating func take(_ found: UnsafeBufferPointer<hp_log_place>, of base: UnsafeRawPointer) {
        var next = 0
        while next < found.count {
            next += readSpans(UnsafeBufferPointer(rebasing: found[next...]), of: base)
            guard next < found.count else { break }
            if !readSpan(at: base + Int(found[next].start)) { takeOther(found[next], of: base) }
            next += 1
        }
        takeSpans()
    }

    /// Reads spans from the first on, as many as the processor's vectors can, and returns how many.
    private mutating func readSpans(_ found: UnsafeBufferPointer<hp_log_place>, of base: UnsafeRawPointer) -> Int {
        guard readsSpans, session != nil, let first = found.baseAddress, let spans = spans.baseAddress else { return 0 }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        let count = text.header.withUnsafeBufferPointer { header in
            header.baseAddress.map { hp_log_read_spans(bytes, first, found.count, $0, spans + spanCount) } ?? 0
        }
        spanCount += count
        return count
    }

    /// Reads a span; false: it is something else, or not in its plain form.
    private mutating func readSpan(at start: UnsafeRawPointer) -> Bool {
        guard session != nil, let span = hp_log_span(at: start, session: text) else { return false }
        spans.initializeElement(at: spanCount, to: span)
        spanCount += 1
        return true
    }

    @inline(never)
    private mutating func takeOther(_ place: hp_log_place, of base: UnsafeRawPointer) {
        takeSpans()
        let record = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
        let line = RecordDecoder.decode(record: record)
        guard let session = takeOther(line, isFinished: true), case .record(_, let told) = line,
            SessionOrigin.isToldBy(told)
        else { return }
        let offset = (block.baseAddress.map { $0.distance(to: base) } ?? 0) + Int(place.start)
        var channel: LineChannel?
        let before = UnsafeRawBufferPointer(rebasing: block[..<offset])
        let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        if case .session = told {
            let wrapped = record.firstIndex { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") } ?? record.count
            channel = LineChannel(
                before: UnsafeRawBufferPointer(rebasing: before[lineStart...]),
                behind: UnsafeRawBufferPointer(rebasing: record[wrapped...]))
        }
        // Where its line begins: the last line of a part may go on into the next one, which begins to count behind that.
        let at = SessionOrigin.Place(input: input, position: position + UInt64(lineStart))
        model.take(at, channel, ofSession: session)
    }

    @discardableResult
    private mutating func takeOther(_ line: DecodedLine, isFinished: Bool) -> Int? {
        // A clock may begin a new window.
        if case .record(let header, .clock) = line, let session = model.session(header.session, input: input) {
            tables.takeOutWindow(ofSession: session, into: &model, input: input)
        }
        let taken = model.take(line, isFinished: isFinished, input: input)
        if case .record(let header, _) = line, session == nil || header.session != text.number {
            session = model.session(header.session, input: input)
            // Of a session that there is no room for every record is looked at by itself.
            text = session == nil ? .none : SessionText(header.session)
        }
        return taken
    }

    /// Takes the spans that wait: those whose checksum is right.
    private mutating func takeSpans() {
        guard spanCount > 0, let session else { return }
        let count = spanCount
        spanCount = 0
        let waiting = UnsafeBufferPointer(rebasing: spans[..<count])
        guard let first = waiting.baseAddress else { return }
        var right = 0
        while right + 4 <= count, Checksum.areRight(first + right, text) { right += 4 }
        add(UnsafeBufferPointer(rebasing: waiting[..<right]), to: session)
        for index in right..<count { addChecked(waiting[index], to: session) }
    }

    /// Takes one span; where its checksum is wrong, it is what the decoder says.
    private mutating func addChecked(_ span: hp_log_span, to session: Int) {
        if span.isRight(text) {
            withUnsafePointer(to: span) { add(UnsafeBufferPointer(start: $0, count: 1), to: session) }
        } else {
            model.take(.damaged, isFinished: true, input: input)
        }
    }

    private mutating func add(_ right: UnsafeBufferPointer<hp_log_span>, to session: Int) {
        var index = 0
        while index < right.count {
            let stop = tables.add(right, from: &index, session: session, to: &model, input: input)
            switch stop {
            case .end: return
            case .duplicate: model.inputs[input].duplicates += 1
            case .full: tables.takeOut(ofSession: session, into: &model, input: input)
            case .notHere: addAlone(right[index], to: session)
            }
            if stop != .full { index += 1 }
        }
    }

    /// Adds a span whose path is in no table, and whose number was inserted.
    private mutating func addAlone(_ span: hp_log_span, to session: Int) {
        var counters = PathCounters()
        counters.count = 1
        counters.totalNanoseconds = span.took
        counters.selfNanoseconds = span.`self`
        counters.cpuNanoseconds = span.cpu
        counters.maximumNanoseconds = span.took
        model.add(PathSpans(counters, sequence: span.sequence), path: span.path, session: session, input: input)
    }
}
