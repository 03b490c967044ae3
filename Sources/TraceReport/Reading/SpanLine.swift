import CLogScan
import TraceLog

/// A session's tag as its records have it, sixteen hexadecimal digits.
struct SessionText {
    /// The number, which keys the checksum.
    let number: UInt64
    /// The digits, in two words.
    fileprivate let first: UInt64
    fileprivate let second: UInt64
    /// What `hp_log_read_spans` takes.
    let header: [UInt8]

    /// What no record has.
    static let none = SessionText(number: 0, first: 0, second: 0)

    private init(number: UInt64, first: UInt64, second: UInt64) {
        self.number = number
        self.first = first
        self.second = second
        let digits = [first, second].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
        header = Array("span ".utf8) + digits + [UInt8(ascii: " ")] + Array(repeating: 0, count: 10)
    }

    init(_ tag: UInt64) {
        let words = [tag >> 32, tag].map { HexadecimalText.digits(of: UInt32(truncatingIfNeeded: $0)) }
        self.init(number: tag, first: words[0], second: words[1])
    }
}

/// Reads `span` records straight from their text: the way of a reader that meets millions of them a second. The decoder reads
/// the same records, and all others.
///
/// Numbers are read eight digits at a time (Lemire, "Quickly parsing eight digits", 2018). What is not the plain form, with no
/// further field and numbers of at most 16 digits, is left to the decoder.
extension hp_log_span {
    /// Takes a record of a session, that ends in a line feed; nil: it is something else, or not in the plain form.
    @inline(__always)
    init?(at start: UnsafeRawPointer, session: SessionText) {
        // "span " after the marker; then the tag, and a space.
        guard Self.word(start + 5) & 0xff_ffff_ffff == 0x20_6e61_7073, Self.word(start + 10) == session.first,
            Self.word(start + 18) == session.second, start.load(fromByteOffset: 26, as: UInt8.self) == 0x20
        else { return nil }
        var place = start + 27
        guard let sequence = Self.number(&place), Self.take(0x3d68_7461_7020, 6, &place),  // " path="
            let path = Self.number(&place), Self.take(0x3d64_6920, 4, &place),  // " id="
            Self.skipNumber(&place), Self.take(0x3d_746e_6572_6170_20, 8, &place),  // " parent="
            Self.skipNumber(&place), Self.take(0x3d_6461_6572_6874_20, 8, &place),  // " thread="
            Self.skipNumber(&place), Self.take(0x3d_7472_6174_7320, 7, &place),  // " start="
            Self.skipNumber(&place), Self.take(0x3d6b_6f6f_7420, 6, &place),  // " took="
            let took = Self.number(&place), Self.take(0x3d66_6c65_7320, 6, &place),  // " self="
            let own = Self.number(&place), Self.take(0x3d75_7063_20, 5, &place),  // " cpu="
            let cpu = Self.number(&place)
        else { return nil }
        let covered = place - start
        guard Self.take(0x3d6320, 3, &place) else { return nil }  // " c="
        switch place.load(fromByteOffset: 8, as: UInt8.self) {
        case 0x0a, 0x0d, 0x22, 0x5c: break  // the line's end, or a wrapper's: \n \r " \
        default: return nil
        }
        self.init(
            sequence: sequence, path: path, took: took, self: own, cpu: cpu,
            start: start.assumingMemoryBound(to: UInt8.self), covered: covered)
    }

    /// Whether the record has this checksum.
    @inline(__always)
    fileprivate func states(_ sum: UInt32) -> Bool {
        Self.word(UnsafeRawPointer(start) + (covered &+ 3)) == HexadecimalText.digits(of: sum)
    }

    /// Whether the record's checksum is right.
    func isRight(_ session: SessionText) -> Bool {
        states(Checksum.of(UnsafeRawBufferPointer(start: start, count: covered), key: session.number))
    }

    @inline(__always)
    static func word(_ place: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    }

    /// Moves over `count` bytes where they are those of `text`.
    @inline(__always)
    static func take(_ text: UInt64, _ count: Int, _ place: inout UnsafeRawPointer) -> Bool {
        let mask = UInt64.max &>> UInt64(64 &- 8 &* count)
        guard word(place) & mask == text else { return false }
        place += count
        return true
    }

    /// A bit at the top of each byte that is no digit, from the first such byte on; `digits`: bytes less "0".
    @inline(__always)
    static func nonDigits(_ digits: UInt64) -> UInt64 {
        ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    }

    /// The number of the first `count` bytes (1…8), which are digits less "0".
    @inline(__always)
    static func value(_ digits: UInt64, _ count: Int) -> UInt64 {
        var value = digits &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        value = (value &* 10 &+ value &>> 8) & 0x00ff_00ff_00ff_00ff
        value = (value &* 100 &+ value &>> 16) & 0x0000_ffff_0000_ffff
        return (value &* 10_000 &+ value &>> 32) & 0xffff_ffff
    }

    /// Reads a number of 1 to 16 digits.
    @inline(__always)
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
        let count = nonDigits(second).trailingZeroBitCount &>> 3
        place += 8 &+ count
        let high = value(first, 8)
        return count == 0 ? high : high &* power(ofTen: count) &+ value(second, count)
    }

    @inline(__always)
    static func power(ofTen exponent: Int) -> UInt64 {
        var power: UInt64 = exponent & 1 != 0 ? 10 : 1
        if exponent & 2 != 0 { power &*= 100 }
        if exponent & 4 != 0 { power &*= 10_000 }
        if exponent & 8 != 0 { power &*= 100_000_000 }
        return power
    }

    /// Moves over a number of 1 to 16 digits.
    @inline(__always)
    static func skipNumber(_ place: inout UnsafeRawPointer) -> Bool {
        let end = nonDigits(word(place) ^ 0x3030_3030_3030_3030)
        if end != 0 {
            place += end.trailingZeroBitCount &>> 3
            return end & 0x80 == 0
        }
        place += 8 &+ nonDigits(word(place + 8) ^ 0x3030_3030_3030_3030).trailingZeroBitCount &>> 3
        return true
    }
}

/// Eight lower-case hexadecimal digits as a word, the first in its lowest byte.
enum HexadecimalText {
    @inline(__always)
    static func digits(of number: UInt32) -> UInt64 { digits(of: SIMD4(repeating: number))[0] }

    /// Returns the digits of four numbers at once.
    @inline(__always)
    static func digits(of numbers: SIMD4<UInt32>) -> SIMD4<UInt64> {
        var digits = SIMD4<UInt64>(
            truncatingIfNeeded: SIMD4(
                numbers[0].byteSwapped, numbers[1].byteSwapped, numbers[2].byteSwapped, numbers[3].byteSwapped))
        digits = (digits | digits &<< 16) & 0x0000_ffff_0000_ffff
        digits = (digits | digits &<< 8) & 0x00ff_00ff_00ff_00ff
        // The upper half of a byte is the digit before the lower one.
        digits = (digits &>> 4 | digits &<< 8) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        // 39 lies between the digit after 9 and the letter a.
        return digits &+ 0x3030_3030_3030_3030 &+ (letters &<< 5 &+ letters &<< 3 &- letters)
    }
}

extension Checksum {
    /// Returns whether each of four `span` records has its right checksum. A step waits for the one before it, so four
    /// records take little longer than one; none of the steps is behind a branch that depends on one record's length, which
    /// the processor could not foresee.
    @inline(__always)
    static func areRight(_ spans: UnsafePointer<hp_log_span>, _ session: SessionText) -> Bool {
        let begin = session.number ^ seed
        var states = (begin, begin, begin, begin)
        let words = (spans[0].covered & ~7, spans[1].covered & ~7, spans[2].covered & ~7, spans[3].covered & ~7)
        let starts = (
            UnsafeRawPointer(spans[0].start), UnsafeRawPointer(spans[1].start), UnsafeRawPointer(spans[2].start),
            UnsafeRawPointer(spans[3].start)
        )
        let common = min(min(words.0, words.1), min(words.2, words.3))
        let longest = max(max(words.0, words.1), max(words.2, words.3))
        var offset = 0
        while offset < common {
            states.0 = fold(states.0 ^ hp_log_span.word(starts.0 + offset), multiplier)
            states.1 = fold(states.1 ^ hp_log_span.word(starts.1 + offset), multiplier)
            states.2 = fold(states.2 ^ hp_log_span.word(starts.2 + offset), multiplier)
            states.3 = fold(states.3 ^ hp_log_span.word(starts.3 + offset), multiplier)
            offset &+= 8
        }
        // What is read behind a record can be read: none is longer than a line and the block's padding.
        while offset < longest {
            let next = (
                fold(states.0 ^ hp_log_span.word(starts.0 + offset), multiplier),
                fold(states.1 ^ hp_log_span.word(starts.1 + offset), multiplier),
                fold(states.2 ^ hp_log_span.word(starts.2 + offset), multiplier),
                fold(states.3 ^ hp_log_span.word(starts.3 + offset), multiplier)
            )
            states.0 = offset < words.0 ? next.0 : states.0
            states.1 = offset < words.1 ? next.1 : states.1
            states.2 = offset < words.2 ? next.2 : states.2
            states.3 = offset < words.3 ? next.3 : states.3
            offset &+= 8
        }
        let sums = SIMD4(
            finished(states.0, spans[0]), finished(states.1, spans[1]), finished(states.2, spans[2]),
            finished(states.3, spans[3]))
        let stated = SIMD4(
            hp_log_span.word(starts.0 + (spans[0].covered &+ 3)), hp_log_span.word(starts.1 + (spans[1].covered &+ 3)),
            hp_log_span.word(starts.2 + (spans[2].covered &+ 3)), hp_log_span.word(starts.3 + (spans[3].covered &+ 3)))
        return HexadecimalText.digits(of: sums) == stated
    }

    /// Returns the checksum of a record of which all whole words are in `state`.
    @inline(__always)
    private static func finished(_ state: UInt64, _ span: hp_log_span) -> UInt32 {
        // The record goes on after what is covered, so that a whole word can be read.
        let rest = span.covered & 7
        let unused = UInt64(truncatingIfNeeded: 64 &- 8 &* rest)
        let word = hp_log_span.word(UnsafeRawPointer(span.start) + (span.covered &- rest))
        let withRest = fold(state ^ ((word &<< unused) &>> unused), multiplier)
        let state = fold((rest == 0 ? state : withRest) ^ UInt64(truncatingIfNeeded: span.covered), finisher)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }
}
