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
    private let implementation = hp_log_scan_best()
    private let places = UnsafeMutableBufferPointer<hp_log_place>.allocate(capacity: batch)
    private let spans = UnsafeMutableBufferPointer<SpanLine>.allocate(capacity: batch)
    private var spanCount = 0
    /// The session of the spans that wait, and its text: nil before the first record.
    private var session: Int?
    private var tag = SpanLine.Tag.none
    private var tables = SpanTables()

    /// How many records are found before the first of them is read.
    private static let batch = 256

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - model: What was read before, whose last input this is.
    ///   - input: Which of its inputs this is.
    init(model: consuming LogModel, input: Int) {
        self.model = model
        self.input = input
        self.model.beginPart()
    }

    deinit {
        places.deallocate()
        spans.deallocate()
    }

    /// Reads `source`, which begins at ``LineBlocks/firstByte(of:)`` of the range, to the range's end.
    mutating func read(_ source: inout some ByteSource & ~Copyable, _ range: LogRange) throws(LogReadError) {
        var blocks = LineBlocks(range)
        let result = Result { () throws(LogReadError) in
            try blocks.forEachBlock(of: &source) { block, isFinished in
                if firstLine.isEmpty { keepFirstLine(of: block) }
                if isFinished { take(block) } else { takeUnfinished(block) }
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

    private mutating func take(_ block: UnsafeRawBufferPointer) {
        guard var base = block.baseAddress, let first = places.baseAddress else { return }
        var left = block.count
        while left > 0 {
            let bytes = base.assumingMemoryBound(to: UInt8.self)
            let found = hp_log_scan(implementation, bytes, left, first, places.count)
            model.inputs[input].lines += UInt64(found.lines)
            for index in 0..<found.count { take(places[index], of: base) }
            takeSpans()
            base += found.scanned
            left -= found.scanned
        }
    }

    @inline(__always)
    private mutating func take(_ place: hp_log_place, of base: UnsafeRawPointer) {
        if let span = SpanLine(at: base + Int(place.start), tag: tag) {
            spans.initializeElement(at: spanCount, to: span)
            spanCount &+= 1
        } else {
            takeOther(place, of: base)
        }
    }

    @inline(never)
    private mutating func takeOther(_ place: hp_log_place, of base: UnsafeRawPointer) {
        takeSpans()
        let record = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
        takeOther(RecordDecoder.decode(record: record), isFinished: true)
    }

    private mutating func takeOther(_ line: DecodedLine, isFinished: Bool) {
        // A clock may begin a new window.
        if case .record(let header, .clock) = line, let session = model.session(header.session, input: input) {
            tables.takeOut(ofSession: session, into: &model, input: input)
        }
        model.take(line, isFinished: isFinished, input: input)
        if case .record(let header, _) = line, session == nil || header.session != tag.number {
            session = model.session(header.session, input: input)
            // Of a session that there is no room for every record is looked at by itself.
            tag = session == nil ? .none : SpanLine.Tag(header.session)
        }
    }

    /// Takes the spans that wait: those whose checksum is right.
    private mutating func takeSpans() {
        guard spanCount > 0, let session else { return }
        let count = spanCount
        spanCount = 0
        let waiting = UnsafeBufferPointer(rebasing: spans[..<count])
        var right = 0
        while right + 4 <= count {
            let (first, second) = (waiting[right], waiting[right + 1])
            let (third, fourth) = (waiting[right + 2], waiting[right + 3])
            guard Checksum.areRight(first, second, third, fourth, tag) == (true, true, true, true) else { break }
            right += 4
        }
        add(UnsafeBufferPointer(rebasing: waiting[..<right]), to: session)
        for index in right..<count { addChecked(waiting[index], to: session) }
    }

    /// Takes one span; where its checksum is wrong, it is what the decoder says.
    private mutating func addChecked(_ span: SpanLine, to session: Int) {
        if span.isRight(tag) {
            withUnsafePointer(to: span) { add(UnsafeBufferPointer(start: $0, count: 1), to: session) }
        } else {
            model.take(.damaged, isFinished: true, input: input)
        }
    }

    private mutating func add(_ right: UnsafeBufferPointer<SpanLine>, to session: Int) {
        var index = 0
        while index < right.count {
            let stop = tables.add(right, from: &index, session: session, to: &model)
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
    private mutating func addAlone(_ span: SpanLine, to session: Int) {
        var counters = PathCounters()
        counters.count = 1
        counters.totalNanoseconds = span.durationNanoseconds
        counters.selfNanoseconds = span.selfNanoseconds
        counters.cpuNanoseconds = span.cpuNanoseconds
        counters.maximumNanoseconds = span.durationNanoseconds
        var durations = BucketCounts()
        durations.add(bucket: DurationHistogram.bucket(ofTicks: span.durationNanoseconds), occurrences: 1)
        model.add(
            counters, durations, path: span.path, sequence: span.sequence, session: session, input: input)
    }
}
