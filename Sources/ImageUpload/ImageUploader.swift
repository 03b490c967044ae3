import NIOCore
import NIOPosix

/// Posts the pictures of a folder to a server, several at a time.
///
/// ```swift
/// let uploader = ImageUploader(target: try UploadTarget(url: "http://localhost:8080"))
/// let summary = try await uploader.run(folder: FilePath("pictures"))
/// print(summary.uploaded, summary.failures)
/// ```
///
/// It keeps up to ``UploadOptions/concurrency`` connections, uses one event loop and four threads for files, and holds a
/// few megabytes, however many and large the pictures are. A value; several uploads may run at once.
public struct ImageUploader: Sendable {
    /// Where pictures are posted.
    public let target: UploadTarget

    /// How pictures are uploaded.
    public let options: UploadOptions

    /// An upload cannot begin: the folder, the journal or the certificates cannot be used.
    public struct CannotBegin: Error, CustomStringConvertible {
        /// What cannot be used, what is wrong, and the mend.
        public let description: String
    }

    /// Makes an uploader; nothing is opened yet.
    public init(target: UploadTarget, options: UploadOptions = UploadOptions()) {
        self.target = target
        self.options = options
    }

    /// Posts each picture in `folder` and below: regular files that are JPEG, PNG, GIF or WebP by content or by name.
    ///
    /// Ends early when its task is cancelled, or when the server cannot be reached; the summary says so.
    ///
    /// - Parameters:
    ///   - folder: May be a symbolic link.
    ///   - events: Told what happens as it happens, from two threads at most at once; uploading waits for it.
    /// - Returns: What became of the pictures.
    /// - Throws: ``CannotBegin``.
    public func run(
        folder: FilePath, events: @escaping @Sendable (UploadEvent) -> Void = { _ in }
    ) async throws(CannotBegin) -> UploadSummary {
        let start = ContinuousClock.now
        let (journal, opening) = try prepared()
        let (source, watch) = try source(folder)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        let feed = UploadFeed(target, options, folder: folder, source: source, journal: journal)
        let engine = UploadEngine(options, opening, feed, journal, loop: loops.next(), pool: pool, events: events)
        let result: Result<UploadSummary, any Error>
        let counting = options.countsAhead ? Task { await count(folder, events) } : nil
        do {
            result = .success(
                try await withTaskCancellationHandler {
                    try await engine.run()
                } onCancel: {
                    engine.cancel()
                    watch?.stop()
                })
        } catch {
            result = .failure(error)
        }
        counting?.cancel()
        await counting?.value
        do {
            try await pool.shutdownGracefully()
            try await loops.shutdownGracefully()
            var summary = try result.get()
            let duration = start.duration(to: .now).components
            summary.seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
            return summary
        } catch {
            // The engine itself keeps its promise, and nobody else shuts these down.
            throw CannotBegin(description: "the upload ended: \(PrintableText.line("\(error)", limit: 200))")
        }
    }

    private func prepared() throws(CannotBegin) -> (UploadJournal, ConnectionOpening) {
        do {
            let file = options.isDryRun ? nil : options.journal
            return (
                try UploadJournal(file, url: target.url, remembers: options.watches),
                try ConnectionOpening(target, options)
            )
        } catch {
            throw CannotBegin(description: String(describing: error))
        }
    }

    private func source(_ folder: FilePath) throws(CannotBegin) -> (FileSource, FolderWatch?) {
        do throws(SystemFailure) {
            let watch = options.watches ? try FolderWatch() : nil
            return (try FileSource(folder, options, watch: watch), watch)
        } catch {
            throw CannotBegin(description: "cannot read the folder '\(folder)': \(error); give one that exists")
        }
    }

    /// Counts the files that are called as pictures are, if that takes no longer than uploading them.
    private func count(_ folder: FilePath, _ events: @escaping @Sendable (UploadEvent) -> Void) async {
        // A folder that cannot be read is told by the upload itself.
        guard var walk = try? FolderWalk(folder, filter: options.filter, links: options.symbolicLinks) else { return }
        var files = 0
        var bytes = 0
        var entries = 0
        while !Task.isCancelled {
            guard let entry = walk.next() else { return events(.counted(files: files, bytes: bytes)) }
            entries += 1
            if entries.isMultiple(of: 256) { await Task.yield() }
            guard case .file(let path) = entry, PictureKind.isNamedAsPicture(path.name) else { continue }
            // One that has vanished is told by the upload itself.
            guard let size = path.size, options.filter.admits(size: size) else { continue }
            files += 1
            bytes += size
        }
    }
}
