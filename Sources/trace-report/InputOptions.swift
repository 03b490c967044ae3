#if Tools
import ArgumentParser
import TraceReport

/// The logs to read, and what is said meanwhile.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Logs to read, or partials of them: files, folders, patterns; - is standard input.", valueName: "log"),
        completion: .file())
    var logs: [String]

    @Flag(help: "With each log read those it was rotated into, as server.log.2.gz and server.log-20261126.zst.")
    var rotated = false

    @Flag(help: "Show no progress, and do not say what is passed over.")
    var quiet = false

    func validate() throws {
        if logs.count(where: { $0 == "-" }) > 1 { throw ValidationError("'-': standard input can be read once only") }
    }

    /// Finds the logs, and says what is passed over.
    ///
    /// - Parameters:
    ///   - readsRings: Whether the ring files that killed processes left beside them are read, too.
    ///   - tellsOfRings: Whether the report says which there are; else it is said here.
    func files(readsRings: Bool = false, tellsOfRings: Bool = false) throws(LogReadError) -> LogFiles {
        let files = try LogFiles.expand(logs, rotated: rotated, readsRings: readsRings)
        guard !quiet else { return files }
        for note in files.notes { Main.say(note.message) }
        if !tellsOfRings { for message in files.rings.compactMap(\.message) { Main.say(message) } }
        return files
    }

    /// Reads the logs.
    ///
    /// - Parameter preview: What is shown meanwhile.
    func read(
        _ files: LogFiles, into analyser: inout LogAnalyser, below preview: PreviewScreen? = nil
    ) throws(LogReadError) {
        try watched(files, below: preview) { progress throws(LogReadError) in
            analyser.progress = progress
            try analyser.read(files.inputs)
        }
    }

    /// Shows the progress of what reads the logs.
    func watched<Result>(
        _ files: LogFiles, below preview: PreviewScreen? = nil,
        _ read: (ReadProgress) throws(LogReadError) -> Result
    ) throws(LogReadError) -> Result {
        let progress = ReadProgress()
        let bar = quiet ? nil : ProgressBar(of: progress, total: files.storedBytes, below: preview)
        defer { bar?.remove() }
        return try read(progress)
    }
}

extension LogFiles.Note {
    /// What is passed over, and why.
    var message: String {
        switch self {
        case .sameFile(let path, let other) where path == other:
            "'\(SafeText.escaped(path))' is named twice; it is read once."
        case .sameFile(let path, let other):
            "'\(SafeText.escaped(path))' is the same file as '\(SafeText.escaped(other))'; it is read once."
        case .binaryFiles(let folder, let count):
            "'\(SafeText.escaped(folder))': \(count) binary file\(count == 1 ? " is" : "s are") passed over."
        }
    }
}

extension LeftRing {
    /// What it is, and how to have it read; nil: it was read.
    var message: String? {
        let start =
            "'\(SafeText.escaped(path))' holds what a process that was killed had not yet written to "
            + "'\(SafeText.escaped(log))', and what it was doing"
        switch use {
        case .read: return nil
        case .unread: return start + "; name both to read it, too."
        case .unreadable(let reason): return start + "; it cannot be read: \(reason)."
        }
    }
}
#endif
