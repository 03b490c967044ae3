/// `sample`: how often a sampler saw one thing, since the session's start. Cumulative, so that a lost line loses nothing
/// but resolution: the newest record of sampler, path, thing and frames holds everything.
public struct SampleRecord: Sendable, Equatable {
    /// The sampler's name.
    public var sampler: String
    /// The path of the innermost open span where it was seen; 0: none.
    public var path: UInt64
    /// What was seen: `lock`, `running`.
    public var what: String
    /// How often.
    public var count: UInt64
    /// The stack it was seen on, if the sampler takes stacks.
    public var stack: Stack?

    /// Return addresses of a thread, and of the task that runs on it.
    public struct Stack: Sendable, Hashable {
        /// Where the thread is, innermost first.
        public var frames: [UInt64]
        /// Where the task's callers go on, innermost first.
        public var callers: [UInt64]
        /// Whether there were more than are given.
        public var isCut: Bool

        /// Makes a stack.
        public init(frames: [UInt64], callers: [UInt64] = [], isCut: Bool = false) {
            self.frames = frames
            self.callers = callers
            self.isCut = isCut
        }
    }

    /// Makes a record.
    public init(sampler: String, path: UInt64, what: String, count: UInt64, stack: Stack? = nil) {
        self.sampler = sampler
        self.path = path
        self.what = what
        self.count = count
        self.stack = stack
    }

    func write(to line: inout RecordLineWriter) {
        line.field("sampler", text: sampler.utf8)
        line.field("path", path)
        line.field("what", text: what.utf8)
        line.field("count", count)
        if let stack { line.field("stack", encoded: stack.encoded()[...]) }
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let sampler = fields.text("sampler"), let path = fields.number("path"), let what = fields.text("what"),
            let count = fields.number("count")
        else { return nil }
        self.init(sampler: sampler, path: path, what: what, count: count)
        guard let text = fields.value("stack") else { return }
        guard let stack = Stack(encoded: text) else { return nil }
        self.stack = stack
    }
}

extension SampleRecord.Stack {
    private static let cutMark = UInt8(ascii: "!")

    /// The longest encoded stack in bytes: what a line holds beside two texts of full length.
    static let maximumEncodedBytes = RecordFormat.maximumLineBytes - 2 * RecordFormat.maximumValueBytes - 256

    /// Both lists joined by a comma, in each the addresses' differences from the one before joined by full stops, in base
    /// 36; `-` before one that goes down. A `!` ends a stack that was cut, here where a line has no more room: callers have
    /// half of it, and frames what they leave.
    func encoded() -> [UInt8] {
        let marks = 2
        let callers = Self.encoded(callers, maximumBytes: Self.maximumEncodedBytes / 2)
        let frames = Self.encoded(frames, maximumBytes: Self.maximumEncodedBytes - callers.bytes.count - marks)
        var bytes = frames.bytes
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: callers.bytes)
        if isCut || frames.isCut || callers.isCut { bytes.append(Self.cutMark) }
        return bytes
    }

    private static func encoded(_ addresses: [UInt64], maximumBytes: Int) -> (bytes: [UInt8], isCut: Bool) {
        var bytes: [UInt8] = []
        var previous: UInt64 = 0
        for (index, address) in addresses.enumerated() {
            // A full stop, a sign, 13 digits of base 36.
            guard bytes.count + 15 <= maximumBytes else { return (bytes, true) }
            if index > 0 { bytes.append(UInt8(ascii: ".")) }
            if address < previous { bytes.append(UInt8(ascii: "-")) }
            FieldNumber.append(address < previous ? previous - address : address - previous, radix: 36, to: &bytes)
            previous = address
        }
        return (bytes, false)
    }

    init?(encoded text: UnsafeRawBufferPointer) {
        guard text.count <= Self.maximumEncodedBytes else { return nil }
        let isCut = text.last == Self.cutMark
        let lists = UnsafeRawBufferPointer(rebasing: text.dropLast(isCut ? 1 : 0))
        guard let comma = lists.firstIndex(of: UInt8(ascii: ",")),
            let frames = Self.addresses(UnsafeRawBufferPointer(rebasing: lists[..<comma])),
            let callers = Self.addresses(UnsafeRawBufferPointer(rebasing: lists[(comma + 1)...]))
        else { return nil }
        self.init(frames: frames, callers: callers, isCut: isCut)
    }

    private static func addresses(_ list: UnsafeRawBufferPointer) -> [UInt64]? {
        guard !list.isEmpty else { return [] }
        var addresses: [UInt64] = []
        var previous: UInt64 = 0
        for word in list.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let goesDown = word.first == UInt8(ascii: "-")
            let digits = UnsafeRawBufferPointer(rebasing: word.dropFirst(goesDown ? 1 : 0))
            guard let difference = FieldNumber.parse(digits, radix: 36) else { return nil }
            let address =
                goesDown
                ? previous.subtractingReportingOverflow(difference) : previous.addingReportingOverflow(difference)
            guard !address.overflow else { return nil }
            previous = address.partialValue
            addresses.append(previous)
        }
        return addresses
    }
}
