#if Tools
import ArgumentParser
import TraceReport

/// The options that choose a view of the report.
struct ViewOptions: ParsableArguments {
    @Flag(help: "Functions under those that called them.")
    var tree = false

    @Flag(help: "The slowest requests, each with what it waited for.")
    var requests = false

    @Flag(
        help: "What had not ended when the log did: hung, running, killed. Reads what killed processes left beside it.")
    var open = false

    @Flag(help: "Requests and their durations over time.")
    var timeline = false

    @Flag(help: "What probes read of whole processes, and the metrics in the log.")
    var counters = false

    @Flag(help: "With --strace: the system calls that took the most time, of all functions.")
    var syscalls = false

    @Option(help: ArgumentHelp("Who calls a function, with calls and time.", valueName: "function"))
    var callers: String?

    @Option(help: ArgumentHelp("What a function calls, with calls and time.", valueName: "function"))
    var callees: String?

    @Option(help: ArgumentHelp("Everything that is known of a function.", valueName: "function"))
    var explain: String?

    /// The options that are given, as they are written.
    private var given: [String] {
        let flags = [
            ("--tree", tree), ("--requests", requests), ("--open", open), ("--timeline", timeline),
            ("--counters", counters), ("--syscalls", syscalls),
        ]
        let options = [("--callers", callers), ("--callees", callees), ("--explain", explain)]
        return flags.filter(\.1).map(\.0) + options.filter { $0.1 != nil }.map(\.0)
    }

    /// Whether a view is asked for.
    var hasAny: Bool { !given.isEmpty }

    /// Finds out whether a format can show the view.
    func check(for format: Format) throws(ValidationError) {
        guard let option = given.first else { return }
        let asked = "\(option) has no --format \(format.rawValue)"
        switch format.kind {
        case .text: return
        case .table: if explain != nil { throw ValidationError(asked + ": it is text") }
        case .stacks: throw ValidationError(asked + ", which shows stacks and nothing else")
        case .requests: throw ValidationError(asked + ", which shows requests and nothing else")
        case .page: throw ValidationError(asked + ", which shows everything there is")
        }
    }

    func validate() throws {
        if given.count > 1 {
            throw ValidationError("\(given.joined(separator: " ")): ask for one view at a time")
        }
    }

    /// Returns the view of a report that is asked for; nil: the first screen.
    func view(of report: Report, top: Int?) throws(UnknownFunction) -> (any ReportView)? {
        if tree { return TreeView() }
        if requests { return RequestsView(top: top) }
        if open { return OpenView(top: top) }
        if counters { return CountersView(top: top) }
        if syscalls { return SystemCallsView(top: top) }
        if timeline { return TimelineView(top: top) }
        if let callers { return CallsView(.callers, of: try FunctionQuery(callers).places(in: report)) }
        if let callees { return CallsView(.callees, of: try FunctionQuery(callees).places(in: report)) }
        if let explain { return ExplainView(try FunctionQuery(explain).places(in: report)) }
        return nil
    }
}
#endif
