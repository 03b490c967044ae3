import GRDB
import Hoofprint
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The one place that changes the store. What is asked for while a commit is on its way is committed together
/// afterwards: under load, many uploads share the wait for the disk.
final class StoreWriter: Sendable {
    private struct State {
        var waiting: [any StoreChange] = []
        var isWriting = false
    }

    private let state = Mutex(State())
    private let records: RecordFile
    private let files: PictureFiles
    private let logger: Logger

    init(_ records: RecordFile, _ files: PictureFiles, _ logger: Logger) {
        self.records = records
        self.files = files
        self.logger = logger
    }

    /// Makes a change; returns once it is safe on the disk.
    ///
    /// - Parameter body: The change. If it throws, it alone is taken back, and the error is passed on.
    /// - Throws: A ``StoreError``: what `body` throws, or why nothing could be committed.
    func write<R: Sendable>(_ body: @escaping @Sendable (StoreBatch) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let path = records.path
            let change = Change(continuation) { batch in try RecordFile.mapped(path) { try body(batch) } }
            let begins = state.withLock { state in
                state.waiting.append(change)
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins { records.connections.asyncWriteWithoutTransaction { self.writeAll($0) } }
        }
    }

    /// Commits what waits until nothing does.
    private func writeAll(_ database: Database) {
        while true {
            let changes = state.withLock { state in
                defer { state.waiting = [] }
                state.isWriting = !state.waiting.isEmpty
                return state.waiting
            }
            if changes.isEmpty { return }
            span("records.commit", ["changes": changes.count]) { commit(changes, database) }
        }
    }

    private func commit(_ changes: [any StoreChange], _ database: Database) {
        let batch = StoreBatch(database, files)
        var failure: StoreError?
        var hasFailed = false
        do {
            try database.inTransaction(.immediate) {
                for change in changes {
                    try database.inSavepoint {
                        let isDone = change.apply(to: batch)
                        if !isDone { hasFailed = true }
                        return isDone ? .commit : .rollback
                    }
                    // A full disk makes SQLite take the whole transaction back; what followed would be one of its own.
                    guard database.isInsideTransaction else {
                        throw StoreError(action: "use the records in", path: records.path, code: ENOSPC)
                    }
                }
                try batch.synchronize()
                return .commit
            }
        } catch {
            failure = error as? StoreError ?? StoreError(records: records.path, error)
        }
        do {
            try batch.removeFiles(hasFailed: hasFailed || failure != nil)
        } catch {
            logger.error("files without a record stay until the next start: \(error)")
        }
        for change in changes { change.answer(failure) }
    }
}

/// A change that somebody waits for.
private protocol StoreChange: Sendable {
    /// Makes the change; false if it is to be taken back.
    func apply(to batch: StoreBatch) -> Bool
    /// Lets the one who waits go on, once the change is committed, or was not for the reason given.
    func answer(_ failure: StoreError?)
}

private final class Change<R: Sendable>: StoreChange {
    private let body: @Sendable (StoreBatch) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private let result = Mutex<Result<R, any Error>?>(nil)

    init(_ continuation: CheckedContinuation<R, any Error>, _ body: @escaping @Sendable (StoreBatch) throws -> R) {
        self.body = body
        self.continuation = continuation
    }

    func apply(to batch: StoreBatch) -> Bool {
        let outcome = Result { try body(batch) }
        result.withLock { $0 = outcome }
        if case .failure = outcome { return false }
        return true
    }

    func answer(_ failure: StoreError?) {
        let outcome = result.withLock { $0 }
        if case .failure(let error) = outcome {
            continuation.resume(throwing: error)
        } else if let failure {
            continuation.resume(throwing: failure)
        } else if let outcome {
            continuation.resume(with: outcome)
        } else {
            preconditionFailure("a batch is committed with all of its changes applied")
        }
    }
}
