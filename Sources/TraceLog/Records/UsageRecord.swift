/// `usage`: what the requests of one root used beside time, cumulative since the session's start. Written when a number
/// changed; a root that used nothing has none.
public struct UsageRecord: Sendable, Equatable {
    /// The root's path.
    public var path: UInt64
    /// Page faults without input or output.
    public var minorFaults: UInt64
    /// Page faults that waited for a disk.
    public var majorFaults: UInt64
    /// How often a thread gave its processor up, to wait for something.
    public var voluntarySwitches: UInt64
    /// How often the kernel took the processor away.
    public var involuntarySwitches: UInt64
    /// Blocks of 512 bytes read from storage.
    public var blocksIn: UInt64
    /// Blocks of 512 bytes written to storage.
    public var blocksOut: UInt64

    /// Makes a record.
    public init(
        path: UInt64, minorFaults: UInt64 = 0, majorFaults: UInt64 = 0, voluntarySwitches: UInt64 = 0,
        involuntarySwitches: UInt64 = 0, blocksIn: UInt64 = 0, blocksOut: UInt64 = 0
    ) {
        self.path = path
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.blocksIn = blocksIn
        self.blocksOut = blocksOut
    }

    func write(to line: inout RecordLineWriter) {
        line.field("path", path)
        line.field("minor_faults", minorFaults)
        line.field("major_faults", majorFaults)
        line.field("voluntary_switches", voluntarySwitches)
        line.field("involuntary_switches", involuntarySwitches)
        line.field("blocks_in", blocksIn)
        line.field("blocks_out", blocksOut)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let path = fields.number("path"), let minorFaults = fields.number("minor_faults"),
            let majorFaults = fields.number("major_faults"), let voluntary = fields.number("voluntary_switches"),
            let involuntary = fields.number("involuntary_switches"), let blocksIn = fields.number("blocks_in"),
            let blocksOut = fields.number("blocks_out")
        else { return nil }
        self.init(
            path: path, minorFaults: minorFaults, majorFaults: majorFaults, voluntarySwitches: voluntary,
            involuntarySwitches: involuntary, blocksIn: blocksIn, blocksOut: blocksOut)
    }
}
