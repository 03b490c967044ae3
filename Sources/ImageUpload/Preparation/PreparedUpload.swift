import NIOCore

/// A file on its way: found, and perhaps tried before.
struct Candidate: Sendable {
    let path: FilePath
    /// How many attempts failed.
    var failedAttempts = 0
    /// Whether it was sent on a kept connection that turned out to be closed, which is no failed attempt once.
    var wasStale = false
}

/// A request that is ready to be written.
struct PreparedUpload: Sendable {
    enum Content: Sendable {
        /// The whole request.
        case whole(ByteBuffer)
        /// What comes before the file's content, the file, and what comes after.
        case file(head: ByteBuffer, PictureFile, tail: ByteBuffer)
    }

    var candidate: Candidate
    /// The picture's bytes.
    let size: Int
    let entry: UploadJournal.Entry
    let content: Content

    /// About how many bytes of memory, or of what is like it, are taken until it is sent.
    var cost: Int {
        switch content {
        case .whole(let bytes): bytes.storageCapacity
        // Of an open file there should not be many.
        case .file: UploadFeed.openFileCost
        }
    }

    /// The request's bytes.
    var requestBytes: Int {
        switch content {
        case .whole(let bytes): bytes.readableBytes
        case .file(let head, let file, let tail): head.readableBytes + file.size + tail.readableBytes
        }
    }
}
