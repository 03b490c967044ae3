#if Tools
import ArgumentParser
import CommandOutput
import Dispatch
import TraceReport
import TraceSymbols

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Follows logs: reads what is written to them, and shows the report as it changes, until it is told to end.
struct FollowRun {
    private var command: Command
    private let symbols: SymbolFiles?
    private var logs: FollowedLogs
    private var analyser: LogAnalyser
    private let progress = ReadProgress()
    private var screen: FollowScreen?
    private let signals: FollowSignals
    private var written: [UInt8] = []
    private var nextRefresh: UInt64 = 0
    private var hasChanged = true
    private var failures: [GateFailure] = []

    /// How long files are left alone between two looks.
    private static let milliseconds: Int32 = 200
    private static let secondNanoseconds: UInt64 = 1_000_000_000

    init(_ command: Command, symbols: SymbolFiles?) throws {
        self.command = command
        self.symbols = symbols
        signals = try FollowSignals([SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP])
        logs = FollowedLogs(command.input.logs, rotated: command.input.rotated)
        analyser = LogAnalyser(symbolSource: symbols)
        analyser.progress = progress
        let isShown = command.output.format == .text && Terminal(ofOutput: command.output.file).isTerminal
        if isShown, Screen.isPossible {
            screen = FollowScreen(keys: Screen.hasKeyboard && !command.input.logs.contains("-"))
        }
    }

    /// Reads and shows until a signal, a key, a condition of --fail-if, or the end of a pipe.
    mutating func run() throws {
        Self.allowManyFiles()
        do {
            try logs.begin(&analyser)
            try screen?.enter()
            while try !step() {}
            try logs.finish(into: &analyser)
        } catch {
            // The first trouble is told; the terminal has to be given back whatever it is.
            _ = try? screen?.leave()
            throw error
        }
        try screen?.leave()
        let notes = screen?.notes ?? []
        screen = nil
        notes.forEach(Main.say)
        tellNotes()
        try end()
    }

    /// Looks once, shows what is new, and waits; true: that is all.
    private mutating func step() throws -> Bool {
        let look = try logs.look(into: &analyser)
        if look != .nothing { hasChanged = true }
        tellNotes()
        let now = DispatchTime.now().uptimeNanoseconds
        if hasChanged, now >= nextRefresh, try refresh() { return true }
        if logs.hasEnded { return true }
        return try wait(look == .unfinished ? 0 : Self.milliseconds)
    }

    /// Shows the report of what has been read; true: a condition of --fail-if holds.
    private mutating func refresh() throws -> Bool {
        guard screen != nil || command.follow.every != nil || !command.comparing.gates.isEmpty else {
            nextRefresh = .max
            return false
        }
        hasChanged = false
        let start = DispatchTime.now().uptimeNanoseconds
        do {
            let report = try command.report(of: analyser)
            // A function that a condition names may come later.
            failures = (try? command.comparing.whatGrows.failures(of: report, nil)) ?? []
            if !failures.isEmpty { return true }
            try show(report)
        } catch let error as any NothingToReport {
            let isEmpty = (error as? NoRecordFound)?.report.inputs.allSatisfy { $0.lines == 0 } ?? false
            try draw(isEmpty ? "Nothing has been written yet.\n" : error.message + "\n")
        }
        let end = DispatchTime.now().uptimeNanoseconds
        let interval = command.follow.every?.nanoseconds ?? Self.secondNanoseconds
        // A large report takes a fifth of the time at most.
        nextRefresh = max(start + interval, end + 4 * (end - start))
        return false
    }

    private mutating func draw(_ text: String) throws {
        let (count, bytes) = (logs.count, progress.bytes)
        try screen?.show(text, logs: count, bytes: bytes)
    }

    private mutating func show(_ report: Report) throws {
        if screen != nil {
            let terminal = Terminal(windowColumns: Screen.size.columns)
            let text = String(decoding: try command.encoded(report, for: terminal), as: UTF8.self)
            try draw(text)
        } else if command.follow.every != nil {
            try write(report)
        }
    }

    /// Writes a report, unless it is the one that was written last.
    private mutating func write(_ report: Report) throws {
        let encoded = try command.encoded(report, for: Terminal(ofOutput: command.output.file))
        guard encoded != written else { return }
        let isText = command.output.format == .text && command.output.file == nil
        let gap = isText && !written.isEmpty ? Array("\n".utf8) : []
        written = encoded
        try OutputFile.write(gap + encoded, to: command.output.file)
    }

    /// Waits for something to read, a signal, a key or the next look; true: it is to end.
    private mutating func wait(_ milliseconds: Int32) throws -> Bool {
        let keys = screen?.keys == true ? [STDIN_FILENO] : []
        var entries = ([signals.descriptor] + logs.descriptors + keys).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return false }
        if let last = entries.last, !keys.isEmpty, last.revents != 0, screen?.isEndAsked() == true { return true }
        guard entries[0].revents != 0 else { return false }
        let came = signals.take()
        if !came.isDisjoint(with: [SIGINT, SIGTERM, SIGHUP]) { return true }
        if came.contains(SIGTSTP) { try suspend() }
        if came.contains(SIGWINCH) || came.contains(SIGTSTP) {
            try screen?.clear()
            (hasChanged, nextRefresh) = (true, 0)
        }
        return false
    }

    /// Stops as Ctrl-Z asks for, and goes on when the shell says so.
    private mutating func suspend() throws {
        try screen?.leave()
        kill(getpid(), SIGSTOP)
        try screen?.enter()
    }

    private mutating func tellNotes() {
        guard !command.input.quiet else { return }
        for note in logs.takeNotes().map(\.message) {
            if screen == nil { Main.say(note) } else { screen?.notes.append(note) }
            hasChanged = true
        }
    }

    private mutating func end() throws {
        let report = try command.report(of: analyser)
        if failures.isEmpty { failures = try command.comparing.failures(of: report, nil) }
        try write(report)
        for complaint in symbols?.complaints(about: analyser.modules) ?? [] { Main.say("--symbols: " + complaint) }
        if !failures.isEmpty { throw GatesFailed(failures: failures) }
    }

    /// A folder may hold more logs than a program may have open by default.
    private static func allowManyFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
#endif
