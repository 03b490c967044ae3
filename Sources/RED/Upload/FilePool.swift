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

    /// Removes a received picture. A long file takes the disk a while.
    func discard(_ picture: IncomingPicture) async throws {
        guard !picture.isInMemory else { return picture.discard() }
        try await run { span("image.discard") { picture.discard() } }
    }
}
