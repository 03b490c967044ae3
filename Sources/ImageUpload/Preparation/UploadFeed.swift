import Crypto
import Hoofprint
import NIOCore
import Synchronization

/// Finds files, opens them and makes requests of them, a batch at a time. Blocks on the file system; safe on any thread.
final class UploadFeed: Sendable {
    /// What came of some files.
    struct Batch: Sendable {
        var prepared: [PreparedUpload] = []
        var events: [UploadEvent] = []
        /// Files that changed while they were read.
        var changed: [(candidate: Candidate, failure: PictureFile.Failure)] = []
        /// Whether the folder has no more.
        var isEnd = false
        var cost = 0
    }

    /// Pictures up to this size are read whole, and sent from memory.
    static let wholeLimit = 64 * 1024
    /// What an open file counts for in ``PreparedUpload/cost``.
    static let openFileCost = 256 * 1024
    private static let batchFiles = 64
    private static let batchCost = 512 * 1024
    private static let hashChunkBytes = 256 * 1024

    private let folder: FilePath
    private let options: UploadOptions
    private let journal: UploadJournal
    private let header: RequestHeader
    private let boundary = RequestBody.randomBoundary()
    private let source: Mutex<FileSource>

    init(
        _ target: UploadTarget, _ options: UploadOptions, folder: FilePath, source: consuming FileSource,
        journal: UploadJournal
    ) {
        self.folder = folder
        self.options = options
        self.journal = journal
        header = RequestHeader(target, token: options.token)
        self.source = Mutex(source)
    }

    /// Prepares `retries`, or else the folder's next files: as many as are worth a hop between threads.
    func batch(retries: [Candidate]) -> Batch {
        var batch = Batch()
        if !retries.isEmpty {
            for candidate in retries { add(candidate, to: &batch) }
            return batch
        }
        while batch.prepared.count + batch.events.count < Self.batchFiles, batch.cost < Self.batchCost {
            guard let entry = source.withLock({ $0.next() }) else {
                batch.isEnd = true
                break
            }
            switch entry {
            case .file(let path): add(Candidate(path: path), to: &batch)
            case .skipped(let path, let reason): batch.events.append(.skipped(path, reason))
            case .unreadable(let path, let failure): batch.fail(path, "cannot read it: \(failure)")
            }
            // What comes into a folder that is watched is sent at once.
            if options.watches { break }
        }
        return batch
    }

    private func add(_ candidate: Candidate, to batch: inout Batch) {
        do throws(PictureFile.Failure) {
            try span("file.prepare") { () throws(PictureFile.Failure) in try prepare(candidate, &batch) }
        } catch {
            switch error {
            case .system(let failure): batch.fail(candidate.path, "cannot read it: \(failure)")
            case .sizeChanged, .contentChanged: batch.changed.append((candidate, error))
            }
        }
    }

    private func prepare(_ candidate: Candidate, _ batch: inout Batch) throws(PictureFile.Failure) {
        let path = candidate.path
        let file: PictureFile
        do throws(PictureFile.Failure) {
            guard let opened = try PictureFile.open(path, following: options.symbolicLinks != .skip) else {
                return batch.events.append(.skipped(path, .notRegularFile))
            }
            file = opened
        } catch .system(let failure) where failure.isSymbolicLink && options.symbolicLinks == .skip {
            return batch.events.append(.skipped(path, .symbolicLink))
        } catch .system(let failure) where failure.isMissing && options.watches {
            return batch.events.append(.skipped(path, .vanished))
        }
        guard options.filter.admits(size: file.size) else {
            return batch.events.append(.skipped(path, .filtered))
        }
        let entry = UploadJournal.Entry(
            path: path, size: file.size, modificationNanoseconds: file.stamp.modificationNanoseconds)
        guard !journal.has(entry) else { return batch.events.append(.resumed(path, bytes: file.size)) }
        let content: PreparedUpload.Content?
        if options.isDryRun {
            guard let mediaType = try mediaType(of: file, path) else {
                return batch.events.append(.skipped(path, .notPicture))
            }
            return batch.events.append(.planned(path, mediaType: mediaType, bytes: file.size))
        }
        content = file.size <= Self.wholeLimit ? try whole(file, path) : try streamed(file, path)
        guard let content else { return batch.events.append(.skipped(path, .notPicture)) }
        let upload = PreparedUpload(candidate: candidate, size: file.size, entry: entry, content: content)
        batch.prepared.append(upload)
        batch.cost += upload.cost
    }

    /// The media type that `start`, a file's first bytes, tell, or its name; nil: it is not to be sent.
    private func mediaType(_ start: UnsafeRawBufferPointer, _ path: FilePath) -> String? {
        if let kind = PictureKind(content: start) {
            return options.filter.kinds.isEmpty || options.filter.kinds.contains(kind) ? kind.rawValue : nil
        }
        guard options.filter.kinds.isEmpty, PictureKind.isNamedAsPicture(path.name) else { return nil }
        return PictureKind.unknownMediaType
    }

    private func mediaType(of file: PictureFile, _ path: FilePath) throws(PictureFile.Failure) -> String? {
        var start = ByteBuffer()
        try file.read(count: min(12, file.size), at: 0, into: &start)
        return start.withUnsafeReadableBytes { mediaType($0, path) }
    }

    private func body(mediaType: String, _ path: FilePath) -> RequestBody {
        options.sendsForms
            ? .form(mediaType: mediaType, fileName: path.name, boundary: boundary) : .raw(mediaType: mediaType)
    }

    /// A request with the picture in it, in one piece of memory: the picture is read to where it stays.
    private func whole(_ file: PictureFile, _ path: FilePath) throws(PictureFile.Failure) -> PreparedUpload.Content? {
        let formBytes = options.sendsForms ? RequestBody.headLimit(fileName: path.name) : 0
        let room = header.commonBytes + RequestHeader.variableBytes + formBytes
        var buffer = ByteBufferAllocator().buffer(capacity: room + file.size + formBytes)
        buffer.moveWriterIndex(to: room)
        buffer.moveReaderIndex(to: room)
        try file.read(count: file.size, at: 0, into: &buffer)
        try file.checkUnchanged()
        guard let mediaType = buffer.withUnsafeReadableBytes({ mediaType($0, path) }) else { return nil }
        let body = body(mediaType: mediaType, path)
        let picture = options.sendsDigests ? buffer.withUnsafeReadableBytes { ContentDigest(of: $0) } : nil
        buffer.writeBytes(body.after)
        var start = room - body.before.count
        buffer.setBytes(body.before, at: start)
        buffer.moveReaderIndex(to: start)
        let isForm = options.sendsForms && options.sendsDigests
        let digest = isForm ? buffer.withUnsafeReadableBytes { ContentDigest(of: $0) } : picture
        let head = header.bytes(
            contentType: body.contentType, contentLength: buffer.readableBytes, path: path.relative(to: folder),
            identity: picture?.bytes ?? file.stamp.bytes, digest: digest)
        start -= head.count
        buffer.setBytes(head, at: start)
        buffer.moveReaderIndex(to: start)
        return .whole(buffer)
    }

    /// A request whose picture is sent from the file. For its digest the file is read now; when it is sent, it comes
    /// from the system's cache, and never through this process where the connection is not encrypted.
    private func streamed(_ file: PictureFile, _ path: FilePath) throws(PictureFile.Failure) -> PreparedUpload.Content?
    {
        guard let mediaType = try mediaType(of: file, path) else { return nil }
        let body = body(mediaType: mediaType, path)
        let digests = options.sendsDigests ? try digests(of: file, body) : nil
        let head = header.bytes(
            contentType: body.contentType, contentLength: body.before.count + file.size + body.after.count,
            path: path.relative(to: folder), identity: digests?.picture.bytes ?? file.stamp.bytes,
            digest: digests?.body)
        return .file(head: ByteBuffer(bytes: head + body.before), file, tail: ByteBuffer(bytes: body.after))
    }

    private func digests(
        of file: PictureFile, _ body: RequestBody
    ) throws(PictureFile.Failure) -> (body: ContentDigest, picture: ContentDigest) {
        file.adviseSequential()
        let (whole, picture) = try span("file.hash") { () throws(PictureFile.Failure) in
            var picture = SHA256()
            var whole = SHA256()
            body.before.withUnsafeBytes { whole.update(bufferPointer: $0) }
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.hashChunkBytes, alignment: 64)
            defer { chunk.deallocate() }
            var offset = 0
            while offset < file.size {
                let part = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, file.size - offset)])
                try file.read(part, at: offset)
                picture.update(bufferPointer: UnsafeRawBufferPointer(part))
                if options.sendsForms { whole.update(bufferPointer: UnsafeRawBufferPointer(part)) }
                offset += part.count
            }
            body.after.withUnsafeBytes { whole.update(bufferPointer: $0) }
            try file.checkUnchanged()
            return (ContentDigest(whole.finalize()), ContentDigest(picture.finalize()))
        }
        return (options.sendsForms ? whole : picture, picture)
    }
}

extension UploadFeed.Batch {
    fileprivate mutating func fail(_ path: FilePath, _ message: String) {
        events.append(.failed(UploadFailure(path: path, message: message, status: nil)))
    }
}
