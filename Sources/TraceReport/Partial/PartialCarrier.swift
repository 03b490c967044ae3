/// Takes values into the bytes of a partial, or out of them: a type lists its members once, for both ways.
///
/// Numbers are in groups of seven bits, the lowest first, as in LEB128; texts and lists begin with their length. What
/// is read may be hostile: lengths are held against the bytes that are left, and types check what they rely on.
struct PartialCarrier {
    /// Whether values are taken out.
    let isReading: Bool
    /// What was written, or is read.
    private(set) var bytes: [UInt8]
    private var position = 0

    /// Begins to write.
    init() {
        isReading = false
        bytes = []
    }

    /// Begins to read.
    init(reading bytes: [UInt8]) {
        isReading = true
        self.bytes = bytes
    }

    /// Returns the bytes of a value.
    static func bytes(of value: some Carried) -> [UInt8] {
        var carrier = PartialCarrier()
        do throws(PartialError) { _ = try type(of: value).carried(value, by: &carrier) } catch {
            preconditionFailure("only what is read can be wrong: \(error.reason)")
        }
        return carrier.bytes
    }

    /// Whether everything was read.
    var isAtEnd: Bool { position == bytes.count }

    /// Carries a member: writes it, or replaces it by what is read.
    mutating func callAsFunction<Value: Carried>(_ value: inout Value) throws(PartialError) {
        if isReading { value = try Value.carried(nil, by: &self) } else { _ = try Value.carried(value, by: &self) }
    }

    /// Carries a member of another form, which `members` lists.
    mutating func callAsFunction<Value>(
        _ value: inout Value, _ members: (inout Value, inout PartialCarrier) throws(PartialError) -> Void
    ) throws(PartialError) {
        try members(&value, &self)
    }

    /// Finds out whether what was read can be relied on.
    func require(_ holds: @autoclosure () -> Bool, _ what: StaticString) throws(PartialError) {
        if isReading, !holds() { throw fault("\(what)") }
    }

    /// Returns an error at this place.
    func fault(_ what: String) -> PartialError { PartialError(reason: what, offset: position) }

    /// Carries a number.
    @inline(__always)
    mutating func number(_ value: UInt64) throws(PartialError) -> UInt64 {
        if isReading { return try readNumber() }
        writeNumber(value)
        return value
    }

    private mutating func writeNumber(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func readNumber() throws(PartialError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw fault("a number is too large") }
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw fault("it ends inside a number")
    }

    /// Carries how many elements follow, each of a byte at least.
    mutating func count(_ value: Int) throws(PartialError) -> Int {
        let found = try number(UInt64(value))
        guard !isReading || found <= UInt64(bytes.count - position) else {
            throw fault("a list is longer than what is left")
        }
        return Int(found)
    }

    /// Carries bytes with their length.
    mutating func text(_ value: some Collection<UInt8>) throws(PartialError) -> ArraySlice<UInt8> {
        let length = try count(value.count)
        guard isReading else {
            bytes.append(contentsOf: value)
            return bytes.suffix(length)
        }
        defer { position += length }
        return bytes[position..<(position + length)]
    }
}

/// What can be taken into the bytes of a partial, and out of them.
protocol Carried {
    /// Writes `value`, or reads one where it is nil.
    static func carried(_ value: Self?, by carrier: inout PartialCarrier) throws(PartialError) -> Self
}

/// What is carried member by member.
protocol CarriedByMembers: Carried {
    /// What members are read into.
    static var blank: Self { get }

    /// Carries every member, in an order that stays.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError)
}

extension CarriedByMembers {
    static func carried(_ value: Self?, by carrier: inout PartialCarrier) throws(PartialError) -> Self {
        var members = value ?? blank
        try members.carryMembers(by: &carrier)
        return members
    }
}

/// Bytes that are no partial that this version reads.
struct PartialError: Error, Equatable {
    /// What is wrong.
    var reason: String
    /// Where: bytes of what the line holds.
    var offset: Int
}
