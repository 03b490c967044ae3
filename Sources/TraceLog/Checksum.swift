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

    @inlinable package static var seed: UInt64 { 0x9e37_79b9_7f4a_7c15 }
    @inlinable package static var multiplier: UInt64 { 0xd6e8_feb8_6659_fd93 }
    @inlinable package static var finisher: UInt64 { 0xa076_1d64_78bd_642f }

    @inlinable @inline(__always)
    package static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
