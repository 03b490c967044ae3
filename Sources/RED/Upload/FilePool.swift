import Hoofprint
import NIOPosix

/// Threads for work that waits for the disk. More than there are cores: each mostly waits.
struct FilePool: Sendable {
    let threads: NIOThreadPool

    /// Runs blocking work, below the caller's span.
    func run<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        let context = SpanContext.active
        return try await threads.runIfActive { try context.run(work) }
    }

    /// Removes a received file. A long one takes the disk a while.
    func discard(_ picture: IncomingPicture) async throws {
        try await run { span("image.discard") { picture.discard() } }
    }
}
