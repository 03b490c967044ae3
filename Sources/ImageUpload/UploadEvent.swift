/// What happens while pictures are uploaded, as it happens.
public enum UploadEvent: Sendable {
    /// The folder was counted ahead: so many files are called as pictures are, and they hold so many bytes.
    case counted(files: Int, bytes: Int)
    /// So many bytes of a picture were given to its connection; again where the picture is sent again.
    case sent(bytes: Int)
    /// A picture is with the server; `isNew` unless the server had it already.
    case uploaded(FilePath, bytes: Int, isNew: Bool)
    /// A picture is with the server since an earlier run, as the journal has it; it was not read.
    case resumed(FilePath, bytes: Int)
    /// A picture is sent again after so many milliseconds, for this reason.
    case retried(FilePath, afterMilliseconds: Int, reason: String)
    /// A picture would have been sent (dry run).
    case planned(FilePath, mediaType: String, bytes: Int)
    /// Something in the folder is not for sending.
    case skipped(FilePath, SkipReason)
    /// A picture was not taken, or a file or directory could not be read.
    case failed(UploadFailure)
}

/// A file that did not get to the server, and why.
public struct UploadFailure: Sendable, Equatable {
    /// The file's, or directory's, path.
    public let path: FilePath

    /// What is wrong, on one line fit for a terminal; where a server refused: `422 Unprocessable Content: …`.
    public let message: String

    /// The status that the server answered with, if it did.
    public let status: Int?
}
