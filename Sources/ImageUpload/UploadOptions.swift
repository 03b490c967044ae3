/// How pictures are uploaded.
public struct UploadOptions: Sendable {
    /// What is done with symbolic links below the folder.
    public enum SymbolicLinks: String, Sendable, CaseIterable {
        /// They are skipped.
        case skip
        /// Links to files are sent, and links to folders entered, each folder once.
        case follow
        /// Links to files are sent, links to folders skipped.
        case files
    }

    /// How many connections there are at most; 1 to 256. How many are worth their while is found out by trying.
    public var concurrency = 8

    /// How many small pictures are on their way on a connection at a time; 1 to 64.
    ///
    /// More than one only where the server has shown that it keeps connections, and where no picture before was refused.
    public var pipelining = 8

    /// Whether each picture is sent as the field `image` of a form, instead of as the body itself.
    public var sendsForms = false

    /// Whether requests carry `Content-Digest`, for which pictures over 64 KiB are read twice.
    public var sendsDigests = true

    /// Whether pictures are only found and opened, and nothing is sent.
    public var isDryRun = false

    /// Whether pictures are counted ahead of the upload, for a progress line that knows its end.
    public var countsAhead = false

    /// Whether, after the folder's pictures, those are sent that come into it, until the task is cancelled.
    public var watches = false

    /// Which files are sent.
    public var filter = FileFilter()

    /// What is done with symbolic links below the folder.
    public var symbolicLinks = SymbolicLinks.skip

    /// How long opening a connection may take.
    public var connectTimeoutSeconds = 10

    /// How long a request may stand still, with no byte sent or received, and how long an answer may take from its first
    /// byte to its last.
    public var progressTimeoutSeconds = 30

    /// How often a picture is sent before it counts as failed, and how many connects in a row may fail; 1 to 100.
    public var attempts = 5

    /// How long is waited before another attempt where the server does not say.
    public var backoff = Backoff()

    /// How long an upload that is cancelled waits for the answers to what is on its way.
    public var graceSeconds = 5

    /// The most bytes of requests in a second, over all connections; nil: no limit.
    public var bytesPerSecond: Int?

    /// What is sent as a bearer token (RFC 6750); nil: none.
    public var token: AccessToken?

    /// A file of certificates (PEM) that a server's is checked against; nil: the system's.
    public var certificateAuthorities: FilePath?

    /// Where it is noted which pictures the server has, so that another run does not send them again; nil: nowhere.
    public var journal: FilePath?

    /// Eight connections, pictures sent as bodies.
    public init() {}
}
