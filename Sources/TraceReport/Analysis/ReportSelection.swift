/// Which part of the logs a report is of; all of it where nothing is given.
///
/// In patterns, `*` stands for any text and `?` for one character; a pattern without them is a whole name. Upper and lower
/// case differ.
public struct ReportSelection: Sendable, Equatable {
    /// Only what ran under roots whose span or function has this name: every sum, request and open span.
    public var root: String?
    /// Only functions whose span or function has this name are ranked. Their shares are of all functions' self time.
    public var function: String?
    /// Only sessions of these processes: a process id, a program's or host's name, or the beginning of a session's tag, of
    /// four digits at least.
    public var process: String?

    /// Makes a selection.
    public init(root: String? = nil, function: String? = nil, process: String? = nil) {
        self.root = root
        self.function = function
        self.process = process
    }
}

/// What a pattern of a ``ReportSelection`` selected.
public struct SelectionMatch: Sendable, Equatable {
    /// The pattern.
    public var pattern: String
    /// How many it selected.
    public var matched: Int
    /// How many there were to select from.
    public var known: Int
    /// Names there were that are most like the pattern, at most three; empty where it selected any.
    public var near: [String]

    /// Makes the outcome of a pattern.
    public init(pattern: String, matched: Int, known: Int, near: [String] = []) {
        self.pattern = pattern
        self.matched = matched
        self.known = known
        self.near = near
    }
}

/// What the patterns of a ``ReportSelection`` selected; nil for those that were not given.
public struct SelectionOutcome: Sendable, Equatable {
    /// Roots, each place once, of the selected processes.
    public var root: SelectionMatch?
    /// Functions under the selected roots.
    public var function: SelectionMatch?
    /// Sessions.
    public var process: SelectionMatch?

    /// Makes the outcome of a selection of everything.
    public init() {}
}
