import NIOPosix

/// Posts the pictures of a folder to a server, several at a time.
///
/// ```swift
/// let uploader = ImageUploader(target: try UploadTarget(url: "http://localhost:8080"))
/// let summary = try await uploader.run(folder: FilePath("pictures"))
/// print(summary.uploaded, summary.failures)
/// ```
///
/// It keeps as many connections as ``UploadOptions/concurrency`` says, each with one request at a time, and holds 64 KiB of
/// a picture for each. A value; several uploads may run at once.
public struct ImageUploader: Sendable {
    /// Where pictures are posted.
    public let target: UploadTarget

    /// How pictures are uploaded.
    public let options: UploadOptions

    /// The folder itself cannot be read.
    public struct UnreadableFolder: Error, CustomStringConvertible {
        /// The folder, what is wrong, and the mend.
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
    ///   - folder: May be a symbolic link; symbolic links in it are skipped.
    ///   - events: Told what happens as it happens, from several threads at once; uploading waits for it.
    /// - Returns: What became of the pictures.
    /// - Throws: ``UnreadableFolder``.
    public func run(
        folder: FilePath, events: @escaping @Sendable (UploadEvent) -> Void = { _ in }
    ) async throws(UnreadableFolder) -> UploadSummary {
        let start = ContinuousClock.now
        let walk: FolderWalk
        do throws(SystemFailure) {
            walk = try FolderWalk(folder)
        } catch {
            throw UnreadableFolder(description: "cannot read the folder '\(folder)': \(error); give one that exists")
        }
        let run = UploadRun(target, options, walk, events)
        await withTaskGroup { counting in
            if options.countsAhead { counting.addTask { await Self.count(folder, events) } }
            await withTaskGroup { workers in
                for _ in 0..<(options.isDryRun ? 1 : max(1, options.concurrency)) {
                    workers.addTask { await UploadWorker(run).work() }
                }
            }
            counting.cancelAll()
        }
        let duration = start.duration(to: .now).components
        return run.end(seconds: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
    }

    /// Counts the files that are called as pictures are, if that takes no longer than uploading them.
    private static func count(_ folder: FilePath, _ events: @escaping @Sendable (UploadEvent) -> Void) async {
        // A folder that cannot be read is told by the upload itself.
        guard var walk = try? FolderWalk(folder) else { return }
        var files = 0
        var bytes = 0
        var entries = 0
        while !Task.isCancelled {
            guard let entry = walk.next() else { return events(.counted(files: files, bytes: bytes)) }
            entries += 1
            if entries.isMultiple(of: 256) { await Task.yield() }
            guard case .file(let path, let size) = entry, PictureKind.isNamedAsPicture(path.name) else { continue }
            files += 1
            bytes += size
        }
    }
}
