/// Stacks inside a record: two lists of locations, and marks. The article "The record format" defines them.
extension SampleRecord.Stack {
    private static let cutMark = UInt8(ascii: "!")
    private static let physicalMark = UInt8(ascii: "?")

    /// The longest encoded stack in bytes: what a line holds beside two texts of full length.
    static let maximumEncodedBytes = RecordFormat.maximumLineBytes - 2 * RecordFormat.maximumValueBytes - 256

    /// Both lists joined by a comma, and the marks. A stack is cut here where a line has no more room: callers have half of
    /// it, and frames what they leave.
    func encoded() -> [UInt8] {
        let commaAndMarks = 3
        let callers = Self.encoded(callers, maximumBytes: Self.maximumEncodedBytes / 2)
        let frames = Self.encoded(
            frames, maximumBytes: Self.maximumEncodedBytes - callers.bytes.count - commaAndMarks)
        var bytes = frames.bytes
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: callers.bytes)
        if isPhysicalOnly { bytes.append(Self.physicalMark) }
        if isCut || frames.isCut || callers.isCut { bytes.append(Self.cutMark) }
        return bytes
    }

    private static func encoded(_ locations: [CodeLocation], maximumBytes: Int) -> (bytes: [UInt8], isCut: Bool) {
        var bytes: [UInt8] = []
        var previous = CodeLocation.unknown
        for (index, location) in locations.enumerated() {
            // A full stop, 4 digits of base 36 and a colon, a sign, 10 digits.
            guard bytes.count + 17 <= maximumBytes else { return (bytes, true) }
            if index > 0 { bytes.append(UInt8(ascii: ".")) }
            if location.module != previous.module {
                FieldNumber.append(UInt64(location.module), radix: 36, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
            }
            let (address, before) = (location.address, previous.address)
            if address < before { bytes.append(UInt8(ascii: "-")) }
            FieldNumber.append(address < before ? before - address : address - before, radix: 36, to: &bytes)
            previous = location
        }
        return (bytes, false)
    }

    init?(encoded text: UnsafeRawBufferPointer) {
        guard text.count <= Self.maximumEncodedBytes else { return nil }
        var lists = text[...]
        let isCut = lists.last == Self.cutMark
        if isCut { lists.removeLast() }
        let isPhysicalOnly = lists.last == Self.physicalMark
        if isPhysicalOnly { lists.removeLast() }
        guard let comma = lists.firstIndex(of: UInt8(ascii: ",")),
            let frames = Self.locations(UnsafeRawBufferPointer(rebasing: lists[..<comma])),
            let callers = Self.locations(UnsafeRawBufferPointer(rebasing: lists[(comma + 1)...]))
        else { return nil }
        self.init(frames: frames, callers: callers, isCut: isCut, isPhysicalOnly: isPhysicalOnly)
    }

    private static func locations(_ list: UnsafeRawBufferPointer) -> [CodeLocation]? {
        guard !list.isEmpty else { return [] }
        var locations: [CodeLocation] = []
        var previous = CodeLocation.unknown
        for word in list.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let location = location(word, after: previous) else { return nil }
            locations.append(location)
            previous = location
        }
        return locations
    }

    /// Reads `module:-difference`, of which module and sign may be absent.
    private static func location(
        _ word: Slice<UnsafeRawBufferPointer>, after previous: CodeLocation
    ) -> CodeLocation? {
        var rest = word
        var module = previous.module
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let digits = UnsafeRawBufferPointer(rebasing: rest[..<colon])
            guard let number = FieldNumber.parse(digits, radix: 36).flatMap(UInt16.init(exactly:)) else { return nil }
            module = number
            rest = rest[(colon + 1)...]
        }
        let goesDown = rest.first == UInt8(ascii: "-")
        if goesDown { rest.removeFirst() }
        guard let difference = FieldNumber.parse(UnsafeRawBufferPointer(rebasing: rest), radix: 36) else { return nil }
        let address =
            goesDown
            ? previous.address.subtractingReportingOverflow(difference)
            : previous.address.addingReportingOverflow(difference)
        return address.overflow ? nil : CodeLocation(module: module, address: address.partialValue)
    }
}
