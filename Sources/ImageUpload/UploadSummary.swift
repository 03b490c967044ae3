/// What became of a folder's pictures.
public struct UploadSummary: Sendable {
    /// How an upload ended.
    public enum Ending: Sendable, Equatable {
        /// Everything in the folder was visited.
        case completed
        /// Its task was cancelled; what was on its way and got no answer in time is among the failures.
        case interrupted
        /// The server could not be reached, for this reason; what it has not got yet is counted nowhere.
        case unreachable(String)
    }

    /// The most failures that are listed.
    public static let listedFailures = 10_000

    /// How it ended.
    public internal(set) var ending = Ending.completed
    /// Whether nothing was sent, but only found and opened.
    public internal(set) var isDryRun = false
    /// Pictures the server took.
    public internal(set) var uploaded = 0
    /// Pictures the server had already.
    public internal(set) var alreadyThere = 0
    /// Pictures the server has since an earlier run, as the journal has it.
    public internal(set) var resumed = 0
    /// How often a picture was sent again.
    public internal(set) var retries = 0
    /// Files and directories that failed.
    public internal(set) var failed = 0
    /// Files that are not for sending.
    public internal(set) var skipped = 0
    /// Pictures that would have been sent (dry run).
    public internal(set) var planned = 0
    /// Bytes of the pictures that the server got in this run, or would have been sent.
    public internal(set) var bytes = 0
    /// How long it took.
    public internal(set) var seconds = 0.0
    /// The first failures, at most ``listedFailures``.
    public internal(set) var failures: [UploadFailure] = []

    /// Whether everything in the folder that is to be sent was sent.
    public var isComplete: Bool { ending == .completed && failed == 0 }

    /// Pictures that the server answered for, a second.
    public var filesPerSecond: Double { seconds > 0 ? Double(uploaded + alreadyThere) / seconds : 0 }

    mutating func count(_ event: UploadEvent) {
        switch event {
        case .counted, .sent: break
        case .uploaded(_, let size, let isNew):
            bytes += size
            if isNew { uploaded += 1 } else { alreadyThere += 1 }
        case .resumed: resumed += 1
        case .retried: retries += 1
        case .planned(_, _, let size):
            planned += 1
            bytes += size
        case .skipped: skipped += 1
        case .failed(let failure):
            failed += 1
            if failures.count < Self.listedFailures { failures.append(failure) }
        }
    }
}
