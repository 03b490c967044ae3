/// The 32-bit checksum that ends every record, keyed with the session's tag.
///
/// It tells whole lines from torn, interleaved and altered ones (a wrong line passes with probability 2⁻³²), and a
/// string that a user of the server got into the log cannot carry a right one without knowing the session's tag. It
/// is no signature: whoever can read the log can compute it.
///
/// The function folds 64 × 64 → 128-bit products, as wyhash does (https://github.com/wangyi-fudan/wyhash), eight
/// bytes a step: about 1 ns a step.
public enum Checksum {
    /// Returns the checksum of `bytes` under the session tag `key`.
    @inlinable
    public static func of(_ bytes: UnsafeRawBufferPointer, key: UInt64) -> UInt32 {
        var state = key ^ seed
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = fold(state ^ word, multiplier)
            offset &+= 8
        }
        if offset < bytes.count {
            var word: UInt64 = 0
            var shift: UInt64 = 0
            while offset < bytes.count {
                word |= UInt64(bytes[offset]) &<< shift
                shift &+= 8
                offset &+= 1
            }
            state = fold(state ^ word, multiplier)
        }
        state = fold(state ^ UInt64(truncatingIfNeeded: bytes.count), finisher)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    /// Returns whether each of four `span` records has its right checksum. A step waits for the one before it, so four
    /// records take little longer than one.
    @inlinable @inline(__always)
    package static func areRight(
        _ first: SpanLine, _ second: SpanLine, _ third: SpanLine, _ fourth: SpanLine, _ tag: SpanLine.Tag
    ) -> (Bool, Bool, Bool, Bool) {
        let start = tag.number ^ seed
        var states = (start, start, start, start)
        let common = min(min(first.covered, second.covered), min(third.covered, fourth.covered)) & ~7
        var offset = 0
        while offset < common {
            states.0 = fold(states.0 ^ SpanLine.word(first.start + offset), multiplier)
            states.1 = fold(states.1 ^ SpanLine.word(second.start + offset), multiplier)
            states.2 = fold(states.2 ^ SpanLine.word(third.start + offset), multiplier)
            states.3 = fold(states.3 ^ SpanLine.word(fourth.start + offset), multiplier)
            offset &+= 8
        }
        return (
            first.states(finished(states.0, first, from: common)),
            second.states(finished(states.1, second, from: common)),
            third.states(finished(states.2, third, from: common)),
            fourth.states(finished(states.3, fourth, from: common))
        )
    }

    /// Returns the checksum of a record of which the first `offset` bytes, a multiple of eight, are in `state`.
    @inlinable @inline(__always)
    static func finished(_ state: UInt64, _ line: SpanLine, from offset: Int) -> UInt32 {
        var state = state
        var offset = offset
        while offset &+ 8 <= line.covered {
            state = fold(state ^ SpanLine.word(line.start + offset), multiplier)
            offset &+= 8
        }
        if offset < line.covered {
            // The record goes on after what is covered, so that a whole word can be read.
            let unused = UInt64(truncatingIfNeeded: 64 &- 8 &* (line.covered &- offset))
            state = fold(state ^ ((SpanLine.word(line.start + offset) &<< unused) &>> unused), multiplier)
        }
        state = fold(state ^ UInt64(truncatingIfNeeded: line.covered), finisher)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    @inlinable static var seed: UInt64 { 0x9e37_79b9_7f4a_7c15 }
    @inlinable static var multiplier: UInt64 { 0xd6e8_feb8_6659_fd93 }
    @inlinable static var finisher: UInt64 { 0xa076_1d64_78bd_642f }

    @inlinable @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
