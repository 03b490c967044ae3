/// How pictures are uploaded.
public struct UploadOptions: Sendable {
    /// How many connections there are, each with one picture on its way at a time; 1 to 256.
    public var concurrency = 8

    /// Whether each picture is sent as the field `image` of a form, instead of as the body itself.
    public var sendsForms = false

    /// Whether pictures are only found and opened, and nothing is sent.
    public var isDryRun = false

    /// Whether pictures are counted ahead of the upload, for a progress line that knows its end.
    public var countsAhead = false

    /// How long opening a connection may take.
    public var connectTimeoutSeconds = 10

    /// How long a request may stand still: no byte sent or received.
    public var progressTimeoutSeconds = 30

    /// Eight connections, pictures sent as bodies.
    public init() {}
}
