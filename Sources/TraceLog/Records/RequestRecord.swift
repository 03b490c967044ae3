/// `request`: an exemplar, a request worth looking at: one of the slowest of its root in a window, or one that failed. The
/// `tree` records after it hold its spans.
public struct RequestRecord: Sendable, Equatable {
    /// Why a request was kept.
    public enum Reason: String, Sendable {
        /// It is one of the slowest of its root in this window.
        case slow
        /// Its root span ended in an error.
        case failed
    }

    /// The root span's number in this session.
    public var id: UInt64
    /// The root's path.
    public var path: UInt64
    /// Why it was kept.
    public var reason: Reason
    /// Its begin, nanoseconds of the monotonic clock since the session's start.
    public var startNanoseconds: UInt64
    /// Its duration, nanoseconds.
    public var durationNanoseconds: UInt64
    /// How many spans its tree has.
    public var spans: UInt64
    /// Whether spans are missing: overwritten before they were gathered, or too many.
    public var isPartial: Bool
    /// How many `tree` records follow.
    public var parts: UInt64
    /// Which trace of several programs it is part of; nil: of none.
    public var trace: TraceIdentity?

    /// Makes a record.
    public init(
        id: UInt64, path: UInt64, reason: Reason, startNanoseconds: UInt64, durationNanoseconds: UInt64,
        spans: UInt64, isPartial: Bool, parts: UInt64
    ) {
        self.id = id
        self.path = path
        self.reason = reason
        self.startNanoseconds = startNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.spans = spans
        self.isPartial = isPartial
        self.parts = parts
    }

    func write(to line: inout RecordLineWriter) {
        line.field("id", id)
        line.field("path", path)
        line.field("reason", text: reason.rawValue.utf8)
        line.field("start", startNanoseconds)
        line.field("took", durationNanoseconds)
        line.field("spans", spans)
        line.field("partial", isPartial ? 1 : 0)
        line.field("parts", parts)
        trace?.write(to: &line)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let id = fields.number("id"), let path = fields.number("path"),
            let reason = fields.text("reason").flatMap(Reason.init), let start = fields.number("start"),
            let duration = fields.number("took"), let spans = fields.number("spans"),
            let partial = fields.number("partial"), let parts = fields.number("parts")
        else { return nil }
        self.init(
            id: id, path: path, reason: reason, startNanoseconds: start, durationNanoseconds: duration, spans: spans,
            isPartial: partial != 0, parts: parts)
        trace = TraceIdentity(&fields)
    }
}

/// `tree`: spans of the `request` record before it, parents before their children.
public struct TreeRecord: Sendable, Equatable {
    /// A span of a request.
    public struct Span: Sendable, Equatable {
        /// Its path.
        public var path: UInt64
        /// Its parent's index among the request's spans, from 0; the root, which is the first, has its own.
        public var parent: UInt64
        /// Its begin, nanoseconds after the request's.
        public var startNanoseconds: UInt64
        /// Its duration, nanoseconds.
        public var durationNanoseconds: UInt64
        /// Its on-CPU time, nanoseconds, as in ``StatsRecord/cpuNanoseconds``.
        public var cpuNanoseconds: UInt64
        /// The number of the thread it ended on.
        public var thread: UInt64
        /// Whether it ended in an error.
        public var hasFailed: Bool

        /// Makes a span.
        public init(
            path: UInt64, parent: UInt64, startNanoseconds: UInt64, durationNanoseconds: UInt64,
            cpuNanoseconds: UInt64, thread: UInt64, hasFailed: Bool = false
        ) {
            self.path = path
            self.parent = parent
            self.startNanoseconds = startNanoseconds
            self.durationNanoseconds = durationNanoseconds
            self.cpuNanoseconds = cpuNanoseconds
            self.thread = thread
            self.hasFailed = hasFailed
        }
    }

    /// The request's number.
    public var request: UInt64
    /// Which of the request's `tree` records this is, from 1.
    public var part: UInt64
    /// The spans, in order of begin.
    public var spans: [Span]

    /// Makes a record.
    public init(request: UInt64, part: UInt64, spans: [Span]) {
        self.request = request
        self.part = part
        self.spans = spans
    }

    /// Returns the spans of a request cut into records that each fit a line.
    public static func records(request: UInt64, spans: [Span]) -> [TreeRecord] {
        // Room for the fields before the spans and for the checksum.
        let room = RecordFormat.maximumLineBytes - 128
        var records: [TreeRecord] = []
        var piece: [Span] = []
        var bytes = 0
        for span in spans {
            var text: [UInt8] = []
            span.append(to: &text, previousThread: nil)
            if bytes + text.count + 1 > room {
                records.append(TreeRecord(request: request, part: UInt64(records.count + 1), spans: piece))
                piece = []
                bytes = 0
            }
            piece.append(span)
            bytes += text.count + 1
        }
        if !piece.isEmpty {
            records.append(TreeRecord(request: request, part: UInt64(records.count + 1), spans: piece))
        }
        return records
    }

    func write(to line: inout RecordLineWriter) {
        line.field("request", request)
        line.field("part", part)
        var text: [UInt8] = []
        var thread: UInt64?
        for span in spans {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            span.append(to: &text, previousThread: thread)
            thread = span.thread
        }
        line.field("spans", encoded: text[...])
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let request = fields.number("request"), let part = fields.number("part"),
            let text = fields.value("spans")
        else { return nil }
        self.init(request: request, part: part, spans: [])
        // A span takes some twenty bytes.
        spans.reserveCapacity(text.count / 16)
        var reader = SpanListReader(text)
        repeat {
            guard let span = TreeRecord.Span(&reader, previousThread: spans.last?.thread) else { return nil }
            spans.append(span)
        } while reader.take(UInt8(ascii: ","))
        guard reader.isAtEnd else { return nil }
    }
}

/// Reads the numbers of a list of spans, each byte once: slow requests have hundreds of spans.
private struct SpanListReader {
    private let text: UnsafeRawBufferPointer
    private var place = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    var isAtEnd: Bool { place == text.count }

    /// Moves over a byte; false: another one is there.
    mutating func take(_ byte: UInt8) -> Bool {
        guard place < text.count, text[place] == byte else { return false }
        place += 1
        return true
    }

    /// Reads a number in base 36; nil: there is none, or one over 2⁶⁴ − 1.
    mutating func number() -> UInt64? {
        let start = place
        var value: UInt64 = 0
        while place < text.count, let digit = FieldNumber.digitValue(text[place]) {
            // Twelve digits always have room.
            if place - start < 12 {
                value = value &* 36 &+ UInt64(digit)
            } else {
                let product = value.multipliedReportingOverflow(by: 36)
                let sum = product.partialValue.addingReportingOverflow(UInt64(digit))
                guard !product.overflow, !sum.overflow else { return nil }
                value = sum.partialValue
            }
            place += 1
        }
        return place > start ? value : nil
    }
}

/// A span in a `tree` record: path, parent, start, duration, on-CPU time and, where it is not the one before's, thread, in
/// base 36 and joined by full stops; `!` at the end of one that failed.
extension TreeRecord.Span {
    fileprivate func append(to text: inout [UInt8], previousThread: UInt64?) {
        var numbers = [path, parent, startNanoseconds, durationNanoseconds, cpuNanoseconds]
        if thread != previousThread { numbers.append(thread) }
        for (index, number) in numbers.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ".")) }
            FieldNumber.append(number, radix: 36, to: &text)
        }
        if hasFailed { text.append(UInt8(ascii: "!")) }
    }

    fileprivate init?(_ reader: inout SpanListReader, previousThread: UInt64?) {
        let point = UInt8(ascii: ".")
        guard let path = reader.number(), reader.take(point), let parent = reader.number(), reader.take(point),
            let start = reader.number(), reader.take(point), let duration = reader.number(), reader.take(point),
            let cpu = reader.number(), let thread = reader.take(point) ? reader.number() : previousThread
        else { return nil }
        self.init(
            path: path, parent: parent, startNanoseconds: start, durationNanoseconds: duration, cpuNanoseconds: cpu,
            thread: thread, hasFailed: reader.take(UInt8(ascii: "!")))
    }
}

/// `open`: a span that had been open for long when the flush came.
public struct OpenRecord: Sendable, Equatable {
    /// The path's number.
    public var path: UInt64
    /// The number of the root span it belongs to, 0 where that is not known.
    public var request: UInt64
    /// The number of the thread it is open on; 0 for an async span.
    public var thread: UInt64
    /// Its begin, nanoseconds of the monotonic clock since the session's start.
    public var startNanoseconds: UInt64
    /// How long it has been open, nanoseconds.
    public var ageNanoseconds: UInt64
    /// Which span of a trace of several programs it is; nil: of none.
    public var trace: TraceIdentity?

    /// Makes a record.
    public init(path: UInt64, request: UInt64, thread: UInt64, startNanoseconds: UInt64, ageNanoseconds: UInt64) {
        self.path = path
        self.request = request
        self.thread = thread
        self.startNanoseconds = startNanoseconds
        self.ageNanoseconds = ageNanoseconds
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("request", request)
        line.field("thread", thread)
        line.field("start", startNanoseconds)
        line.field("age", ageNanoseconds)
        trace?.write(to: &line)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let request = fields.number("request"),
            let thread = fields.number("thread"), let start = fields.number("start"), let age = fields.number("age")
        else { return nil }
        self.init(path: path, request: request, thread: thread, startNanoseconds: start, ageNanoseconds: age)
        trace = TraceIdentity(&fields)
    }
}
