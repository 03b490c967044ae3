/// `probe`: counters that a probe read at a flush.
public struct ProbeRecord: Sendable, Equatable {
    /// The probe's name.
    public var name: String
    /// What it read.
    public var counters: [Counter]

    /// A named number; the name carries its unit.
    public struct Counter: Sendable, Equatable {
        /// The name, plain ASCII without white space or `=`: `resident_bytes`.
        public var name: String
        /// The value.
        public var value: UInt64

        /// Makes a counter.
        public init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }
    }

    /// Makes a record.
    public init(name: String, counters: [Counter]) {
        self.name = name
        self.counters = counters
    }

    func write(to line: inout RecordLineWriter) {
        line.field("name", text: name.utf8)
        for counter in counters { line.field(prefix: "v", key: counter.name, counter.value) }
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let name = fields.text("name") else { return nil }
        self.init(name: name, counters: [])
        for field in fields.prefixed("v") {
            guard let value = FieldNumber.parse(field.value) else { return nil }
            counters.append(Counter(name: field.key, value: value))
        }
    }
}

/// `drops`: what was lost since the session's start, exactly. Written when a number changed.
public struct DropsRecord: Sendable, Equatable {
    /// Record lines that the sink of this log did not take. Where there are several sinks, each is told its own number.
    public var lines: UInt64
    /// `span` records that found their thread's ring full (mode `every`).
    public var spans: UInt64
    /// Spans that were not counted on their own path because the recorder's memory bound was reached.
    public var paths: UInt64
    /// Spans ended out of order, twice, or on a thread that did not begin them; they are left out.
    public var misused: UInt64
    /// Requests worth looking at that were not, since too many came at once.
    public var requests: UInt64
    /// Spans whose clock stepped back, which count as no time; and flushes since whose forerunner the tick clock left the
    /// monotonic one by over a thousandth.
    public var clockSteps: UInt64

    /// Makes a record.
    public init(
        lines: UInt64 = 0, spans: UInt64 = 0, paths: UInt64 = 0, misused: UInt64 = 0, requests: UInt64 = 0,
        clockSteps: UInt64 = 0
    ) {
        self.lines = lines
        self.spans = spans
        self.paths = paths
        self.misused = misused
        self.requests = requests
        self.clockSteps = clockSteps
    }

    func write(to line: inout RecordLineWriter) {
        line.field("lines", lines)
        line.field("spans", spans)
        line.field("paths", paths)
        line.field("misused", misused)
        line.field("requests", requests)
        line.field("steps", clockSteps)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let lines = fields.number("lines"), let spans = fields.number("spans"),
            let paths = fields.number("paths"), let misused = fields.number("misused")
        else { return nil }
        self.init(
            lines: lines, spans: spans, paths: paths, misused: misused, requests: fields.number("requests") ?? 0,
            clockSteps: fields.number("steps") ?? 0)
    }
}
