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
    /// - Throws: `ValidationError` where the folder, or a file that an option names, cannot be used.
    func run() async throws -> ExitStatus {
        let target = try command.target()
        var options = try command.options()
        options.countsAhead = console.hasProgress && !command.dryRun && !command.watch
        let summary = try await upload(to: target, options)
        console.endProgress()
        if case .unreachable(let reason) = summary.ending {
            Console.write(
                "upload-images: cannot reach \(target.url): \(reason); start the server, or give another URL with --to",
                to: STDERR_FILENO)
        }
        Console.write(command.json ? try summary.json() : summary.text, to: STDOUT_FILENO)
        // A folder is watched until somebody ends that: it is no interruption.
        if summary.ending == .interrupted, !command.watch || summary.failed > 0 { return .interrupted }
        if summary.ending == .interrupted { return .allUploaded }
        return summary.isComplete ? .allUploaded : .someFailed
    }

    private func upload(to target: UploadTarget, _ options: UploadOptions) async throws -> UploadSummary {
        let uploader = ImageUploader(target: target, options: options)
        let folder = FilePath(command.folder)
        let (console, listsPlan) = (console, command.dryRun && !command.json)
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        let sources = [
            await Self.onSignal(SIGINT) { interrupt.yield() }, await Self.onSignal(SIGTERM) { interrupt.yield() },
        ]
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
            for source in sources { source.cancel() }
            watch.cancel()
        }
        do {
            return try await upload.value
        } catch let error as ImageUploader.CannotBegin {
            throw ValidationError(error.description)
        }
    }

    /// Calls `action` on the first such signal; the second ends the process at once, for whoever does not want to wait
    /// for the answers to what is on its way. Returns when no signal can be missed any more.
    private static func onSignal(
        _ number: CInt, _ action: @escaping @Sendable () -> Void
    ) async -> any DispatchSourceSignal {
        // Else the signal's own action would end the process before the source is told of it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
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
