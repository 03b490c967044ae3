import ArgumentParser
import Dispatch
import ImageUpload
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// One run of the command, from its options to its exit status.
struct CommandRun {
    let command: UploadCommand
    private let console = Console()

    init(command: UploadCommand) { self.command = command }

    /// Uploads, tells what happens, and prints the summary.
    ///
    /// - Throws: `ValidationError` where the folder cannot be read.
    func run() async throws -> ExitStatus {
        let target = try command.target()
        let summary = try await upload(to: target)
        console.endProgress()
        if case .unreachable(let reason) = summary.ending {
            Console.write(
                "upload-images: cannot reach \(target.url): \(reason); start the server, or give another URL with --to",
                to: STDERR_FILENO)
        }
        Console.write(command.json ? try summary.json() : summary.text, to: STDOUT_FILENO)
        if summary.ending == .interrupted { return .interrupted }
        return summary.isComplete ? .allUploaded : .someFailed
    }

    private func upload(to target: UploadTarget) async throws -> UploadSummary {
        var options = command.options
        options.countsAhead = console.hasProgress && !command.dryRun
        let uploader = ImageUploader(target: target, options: options)
        let folder = FilePath(command.folder)
        let (console, listsPlan) = (console, command.dryRun && !command.json)
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        let source = await Self.onInterrupt { interrupt.yield() }
        let upload = Task {
            try await uploader.run(folder: folder) { event in
                if listsPlan, case .planned(let path, let mediaType, let bytes) = event {
                    Console.write("\(path)  \(mediaType)  \(bytes)", to: STDOUT_FILENO)
                }
                console.note(event)
            }
        }
        let watch = Task { for await _ in interrupts { upload.cancel() } }
        defer {
            source.cancel()
            watch.cancel()
        }
        do {
            return try await upload.value
        } catch let error as ImageUploader.UnreadableFolder {
            throw ValidationError(error.description)
        }
    }

    /// Calls `action` on the first SIGINT; the second ends the process at once, should the first not get through.
    /// Returns when no SIGINT can be missed any more.
    private static func onInterrupt(_ action: @escaping @Sendable () -> Void) async -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        let interrupts = Atomic(0)
        source.setEventHandler {
            let isFirst = interrupts.add(1, ordering: .relaxed).oldValue == 0
            if isFirst { action() } else { _exit(ExitStatus.interrupted.rawValue) }
        }
        await withCheckedContinuation { registered in
            source.setRegistrationHandler { registered.resume() }
            source.resume()
        }
        return source
    }
}
