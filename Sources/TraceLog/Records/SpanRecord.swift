/// `span`: one finished span, in mode `every`. Records come in order of end on each thread, so children first.
public struct SpanRecord: Sendable, Equatable {
    /// The path's number.
    public var path: UInt64
    /// The span's number in this session, from 1.
    public var id: UInt64
    /// The enclosing span's number; 0 for a root.
    public var parent: UInt64
    /// The number of the thread it ended on.
    public var thread: UInt64
    /// Its begin, nanoseconds of the monotonic clock since the session's start.
    public var startNanoseconds: UInt64
    /// Its duration, nanoseconds.
    public var durationNanoseconds: UInt64
    /// Its self time, nanoseconds: the duration less the union of its children's.
    public var selfNanoseconds: UInt64
    /// Its on-CPU time, nanoseconds, as in ``StatsRecord/cpuNanoseconds``.
    public var cpuNanoseconds: UInt64
    /// The type of the error it ended in, empty where it did not.
    public var error: String
    /// Its attributes, those the configuration lets through.
    public var attributes: [Attribute]

    /// An attribute of a span: a key and a value as text.
    public struct Attribute: Sendable, Equatable {
        /// The key: plain ASCII without white space or `=`.
        public var key: String
        /// The value.
        public var value: String

        /// Makes an attribute.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Makes a record.
    public init(
        path: UInt64, id: UInt64, parent: UInt64, thread: UInt64, startNanoseconds: UInt64,
        durationNanoseconds: UInt64, selfNanoseconds: UInt64, cpuNanoseconds: UInt64, error: String = "",
        attributes: [Attribute] = []
    ) {
        self.path = path
        self.id = id
        self.parent = parent
        self.thread = thread
        self.startNanoseconds = startNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.selfNanoseconds = selfNanoseconds
        self.cpuNanoseconds = cpuNanoseconds
        self.error = error
        self.attributes = attributes
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("id", id)
        line.field("parent", parent)
        line.field("thread", thread)
        line.field("start", startNanoseconds)
        line.field("took", durationNanoseconds)
        line.field("self", selfNanoseconds)
        line.field("cpu", cpuNanoseconds)
        if !error.isEmpty { line.field("error", text: error.utf8) }
        for attribute in attributes {
            line.field(prefix: "a", key: attribute.key, text: attribute.value.utf8)
        }
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let id = fields.number("id"), let parent = fields.number("parent"),
            let thread = fields.number("thread"), let start = fields.number("start"),
            let duration = fields.number("took"), let selfTime = fields.number("self"), let cpu = fields.number("cpu")
        else { return nil }
        self.init(
            path: path, id: id, parent: parent, thread: thread, startNanoseconds: start,
            durationNanoseconds: duration, selfNanoseconds: selfTime, cpuNanoseconds: cpu,
            error: fields.text("error") ?? "")
        for field in fields.prefixed("a") {
            guard let value = FieldText.unescape(field.value) else { return nil }
            attributes.append(Attribute(key: field.key, value: String(decoding: value, as: UTF8.self)))
        }
    }
}
