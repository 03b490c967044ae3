import Synchronization

/// What the workers of one upload share: the folder they take files from, and what became of the files.
final class UploadRun: Sendable {
    private struct State {
        var summary = UploadSummary()
        var isReached = false
        var failedConnects = 0
    }

    /// After so many failed connects in a row the server is taken to be gone, and the rest of the folder is left.
    private static let patience = 16

    let target: UploadTarget
    let options: UploadOptions
    private let walk: Mutex<FolderWalk>
    private let state = Mutex(State())
    private let events: @Sendable (UploadEvent) -> Void

    init(
        _ target: UploadTarget, _ options: UploadOptions, _ walk: consuming FolderWalk,
        _ events: @escaping @Sendable (UploadEvent) -> Void
    ) {
        self.target = target
        self.options = options
        self.walk = Mutex(walk)
        self.events = events
    }

    var summary: UploadSummary { state.withLock { $0.summary } }

    /// Whether workers go on with another file.
    var goesOn: Bool { !Task.isCancelled && state.withLock { $0.summary.ending == .completed } }

    /// The next file to be sent; what else the folder has on the way there is told. Blocks on the file system.
    func nextFile() -> FilePath? {
        while let entry = walk.withLock({ $0.next() }) {
            switch entry {
            case .file(let path, _): return path
            case .skipped(let path, let reason): tell(.skipped(path, reason))
            case .unreadable(let path, let failure):
                tell(.failed(UploadFailure(path: path, message: "cannot read it: \(failure)", status: nil)))
            }
        }
        return nil
    }

    func tell(_ event: UploadEvent) {
        state.withLock { $0.summary.count(event) }
        events(event)
    }

    func connected() {
        state.withLock {
            $0.isReached = true
            $0.failedConnects = 0
        }
    }

    /// Notes a failed connect.
    ///
    /// - Returns: Whether that ends the upload, so that the file it was for is neither sent nor failed.
    func endsAfterFailedConnect(_ failure: ExchangeFailure) -> Bool {
        state.withLock {
            $0.failedConnects += 1
            guard !$0.isReached || $0.failedConnects >= Self.patience else { return false }
            if $0.summary.ending == .completed { $0.summary.ending = .unreachable(failure.reason) }
            return true
        }
    }

    func end(seconds: Double) -> UploadSummary {
        state.withLock {
            $0.summary.seconds = seconds
            $0.summary.isDryRun = options.isDryRun
            if Task.isCancelled { $0.summary.ending = .interrupted }
            return $0.summary
        }
    }
}
