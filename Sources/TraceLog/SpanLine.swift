/// What a `span` record says that is added up, taken straight from its text: the way of a reader that meets millions of them
/// a second. ``RecordDecoder`` reads the same records, and all others.
///
/// Numbers are read eight digits at a time (Lemire, "Quickly parsing eight digits", 2018). What is not the plain form, with no
/// further field and numbers of at most 16 digits, is left to the decoder.
@usableFromInline
package struct SpanLine {
    /// The record's number in its session.
    @usableFromInline package let sequence: UInt64
    /// Its path.
    @usableFromInline package let path: UInt64
    /// Its duration, nanoseconds.
    @usableFromInline package let durationNanoseconds: UInt64
    /// Its self time, nanoseconds.
    @usableFromInline package let selfNanoseconds: UInt64
    /// Its on-CPU time, nanoseconds.
    @usableFromInline package let cpuNanoseconds: UInt64
    /// Where the record begins.
    @usableFromInline let start: UnsafeRawPointer
    /// How many bytes the checksum covers.
    @usableFromInline let covered: Int

    /// How many bytes must be readable after the line feed that ends a record.
    package static let padding = 64

    /// The session's tag as text: sixteen hexadecimal digits, in two words.
    @usableFromInline
    package struct Tag: Sendable, Equatable {
        /// The number, which keys the checksum.
        @usableFromInline package let number: UInt64
        @usableFromInline let first: UInt64
        @usableFromInline let second: UInt64

        /// What no record has.
        package static let none = Tag(number: 0, first: 0, second: 0)

        private init(number: UInt64, first: UInt64, second: UInt64) {
            self.number = number
            self.first = first
            self.second = second
        }

        /// Makes the text of a tag.
        package init(_ tag: UInt64) {
            number = tag
            first = HexadecimalText.digits(of: UInt32(truncatingIfNeeded: tag >> 32))
            second = HexadecimalText.digits(of: UInt32(truncatingIfNeeded: tag))
        }
    }

    /// Takes a record of the session `tag`, that ends in a line feed; nil: it is something else, or not in the plain form.
    @inlinable @inline(__always)
    package init?(at start: UnsafeRawPointer, tag: Tag) {
        // "span " after the marker; then the tag, and a space.
        guard Self.word(start + 5) & 0xff_ffff_ffff == 0x20_6e61_7073, Self.word(start + 10) == tag.first,
            Self.word(start + 18) == tag.second, start.load(fromByteOffset: 26, as: UInt8.self) == 0x20
        else { return nil }
        var place = start + 27
        guard let sequence = Self.number(&place), Self.take(0x3d68_7461_7020, 6, &place),  // " path="
            let path = Self.number(&place), Self.take(0x3d64_6920, 4, &place),  // " id="
            Self.skipNumber(&place), Self.take(0x3d_746e_6572_6170_20, 8, &place),  // " parent="
            Self.skipNumber(&place), Self.take(0x3d_6461_6572_6874_20, 8, &place),  // " thread="
            Self.skipNumber(&place), Self.take(0x3d_7472_6174_7320, 7, &place),  // " start="
            Self.skipNumber(&place), Self.take(0x3d6b_6f6f_7420, 6, &place),  // " took="
            let duration = Self.number(&place), Self.take(0x3d66_6c65_7320, 6, &place),  // " self="
            let selfTime = Self.number(&place), Self.take(0x3d75_7063_20, 5, &place),  // " cpu="
            let cpu = Self.number(&place)
        else { return nil }
        let covered = place - start
        guard Self.take(0x3d6320, 3, &place) else { return nil }  // " c="
        switch place.load(fromByteOffset: 8, as: UInt8.self) {
        case 0x0a, 0x0d, 0x22, 0x5c: break  // the line's end, or a wrapper's: \n \r " \
        default: return nil
        }
        self.sequence = sequence
        self.path = path
        durationNanoseconds = duration
        selfNanoseconds = selfTime
        cpuNanoseconds = cpu
        self.start = start
        self.covered = covered
    }

    /// Whether the record has the checksum of `sum`.
    @inlinable @inline(__always)
    func states(_ sum: UInt32) -> Bool {
        Self.word(start + (covered &+ 3)) == HexadecimalText.digits(of: sum)
    }

    /// Whether the record's checksum is right.
    @inlinable
    package func isRight(_ tag: Tag) -> Bool {
        states(Checksum.of(UnsafeRawBufferPointer(start: start, count: covered), key: tag.number))
    }

    @inlinable @inline(__always)
    static func word(_ place: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    }

    /// Moves over `count` bytes where they are those of `text`.
    @inlinable @inline(__always)
    static func take(_ text: UInt64, _ count: Int, _ place: inout UnsafeRawPointer) -> Bool {
        let mask = UInt64.max &>> UInt64(64 &- 8 &* count)
        guard word(place) & mask == text else { return false }
        place += count
        return true
    }

    /// A bit at the top of each byte that is no digit, from the first such byte on; `digits`: bytes less "0".
    @inlinable @inline(__always)
    static func nonDigits(_ digits: UInt64) -> UInt64 {
        ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    }

    /// The number of the first `count` bytes (1…8), which are digits less "0".
    @inlinable @inline(__always)
    static func value(_ digits: UInt64, _ count: Int) -> UInt64 {
        var value = digits &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        value = (value &* 10 &+ value &>> 8) & 0x00ff_00ff_00ff_00ff
        value = (value &* 100 &+ value &>> 16) & 0x0000_ffff_0000_ffff
        return (value &* 10_000 &+ value &>> 32) & 0xffff_ffff
    }

    /// Reads a number of 1 to 16 digits.
    @inlinable @inline(__always)
    static func number(_ place: inout UnsafeRawPointer) -> UInt64? {
        let first = word(place) ^ 0x3030_3030_3030_3030
        let end = nonDigits(first)
        if end != 0 {
            let count = end.trailingZeroBitCount &>> 3
            guard count > 0 else { return nil }
            place += count
            return value(first, count)
        }
        let second = word(place + 8) ^ 0x3030_3030_3030_3030
        let secondEnd = nonDigits(second)
        guard secondEnd != 0 else { return nil }
        let count = secondEnd.trailingZeroBitCount &>> 3
        place += 8 &+ count
        let high = value(first, 8)
        return count == 0 ? high : high &* power(ofTen: count) &+ value(second, count)
    }

    @inlinable @inline(__always)
    static func power(ofTen exponent: Int) -> UInt64 {
        var power: UInt64 = exponent & 1 != 0 ? 10 : 1
        if exponent & 2 != 0 { power &*= 100 }
        if exponent & 4 != 0 { power &*= 10_000 }
        return power
    }

    /// Moves over a number of 1 to 16 digits.
    @inlinable @inline(__always)
    static func skipNumber(_ place: inout UnsafeRawPointer) -> Bool {
        let end = nonDigits(word(place) ^ 0x3030_3030_3030_3030)
        if end != 0 {
            place += end.trailingZeroBitCount &>> 3
            return end & 0x80 == 0
        }
        let secondEnd = nonDigits(word(place + 8) ^ 0x3030_3030_3030_3030)
        place += 8 &+ secondEnd.trailingZeroBitCount &>> 3
        return secondEnd != 0
    }
}

/// Eight lower-case hexadecimal digits as a word, the first in its lowest byte.
@usableFromInline
enum HexadecimalText {
    @inlinable @inline(__always)
    static func digits(of number: UInt32) -> UInt64 {
        var digits = UInt64(number)
        digits = (digits | digits &<< 16) & 0x0000_ffff_0000_ffff
        digits = (digits | digits &<< 8) & 0x00ff_00ff_00ff_00ff
        digits = (digits | digits &<< 4) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
    }
}
