/// An event of a Chrome trace.
struct ChromeEvent {
    /// What kind of event it is.
    enum Phase: String {
        /// A span on a thread.
        case complete = "X"
        /// The begin and the end of a span that is bound to no thread.
        case asyncBegin = "b"
        case asyncEnd = "e"
        case counter = "C"
        /// The name of a process or thread.
        case metadata = "M"
    }

    var phase: Phase
    var name: String
    var process: UInt64
    /// Nanoseconds after the trace's begin; nil for metadata.
    var time: UInt64?
    /// Of complete events, nanoseconds.
    var duration: UInt64?
    var thread: UInt64?
    var category: String?
    /// Async events of one process with the same id stand on one track.
    var id: String?

    init(_ phase: Phase, _ name: String, process: UInt64, time: UInt64? = nil) {
        (self.phase, self.name, self.process, self.time) = (phase, name, process, time)
    }

    /// Writes it, with arguments.
    func write(to json: inout JSONWriter, arguments: ((inout JSONWriter) -> Void)? = nil) {
        json.object { json in
            json.member("ph", phase.rawValue)
            json.member("name", name)
            json.member("pid", process)
            if let thread { json.member("tid", thread) }
            if let time { json.member("ts", Self.microseconds(time)) }
            if let duration { json.member("dur", Self.microseconds(duration)) }
            if let category { json.member("cat", category) }
            if let id { json.object("id2") { json in json.member("local", id) } }
            if let arguments { json.object("args", arguments) }
        }
    }

    /// The format's unit. To the nanosecond up to 104 days.
    private static func microseconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1_000 }
}
