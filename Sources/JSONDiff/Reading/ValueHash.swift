/// Hashes of JSON values: equal for equal values. Values that differ have equal ones with a probability of some 2⁻⁶⁰, whatever
/// the values are, since the keys are drawn by chance when the program starts.
///
/// The mixing is a 64 by 64 bit product, folded (as in Wang Yi's wyhash).
struct ValueHash {
    /// Drawn by chance.
    struct Keys {
        let string, number, array, object, member, tail: UInt64
        let null, `true`, `false`, emptyArray, emptyObject: UInt64

        init() {
            var random = SystemRandomNumberGenerator()
            // Odd ones, so that none is 0.
            func key() -> UInt64 { random.next() | 1 }
            (string, number, array, object, member, tail) = (key(), key(), key(), key(), key(), key())
            (null, `true`, `false`, emptyArray, emptyObject) = (key(), key(), key(), key(), key())
        }
    }

    /// Those of this process, where they are not copied. Sound to share: nobody writes to them after this.
    nonisolated(unsafe) static let keys: UnsafePointer<Keys> = {
        let keys = UnsafeMutablePointer<Keys>.allocate(capacity: 1)
        keys.initialize(to: Keys())
        return UnsafePointer(keys)
    }()

    /// Both halves of the product, one over the other.
    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// Of bytes, about 1 ns for 16 of them and 3 ns besides.
    @inline(__always)
    static func bytes(_ start: UnsafePointer<UInt8>, _ count: Int, _ keys: UnsafePointer<Keys>) -> UInt64 {
        let raw = UnsafeRawPointer(start)
        var sum = keys.pointee.string ^ UInt64(truncatingIfNeeded: count)
        var first: UInt64, last: UInt64
        if count >= 8 {
            var at = 0
            while at &+ 16 < count {
                sum = mix(word(raw, at) ^ keys.pointee.member, word(raw, at &+ 8) ^ sum)
                at &+= 16
            }
            first = word(raw, count &- 8)
            last = word(raw, at &+ 8 < count ? at : count &- 8)
        } else if count >= 4 {
            first = UInt64(raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            last = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else if count > 0 {
            first = UInt64(start[0]) << 16 | UInt64(start[count >> 1]) << 8 | UInt64(start[count &- 1])
            last = 0
        } else {
            first = 0
            last = 0
        }
        return mix(keys.pointee.tail ^ UInt64(truncatingIfNeeded: count), mix(first ^ keys.pointee.array, last ^ sum))
    }

    @inline(__always)
    private static func word(_ raw: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// Of `mantissa` · 10^`exponent`, with a mantissa that is no multiple of 10 unless it is 0.
    @inline(__always)
    static func number(_ mantissa: UInt64, exponent: Int, isNegative: Bool, _ keys: UnsafePointer<Keys>) -> UInt64 {
        let scale = UInt64(bitPattern: Int64(exponent &* 2 &+ (isNegative ? 1 : 0)))
        return mix(mantissa ^ keys.pointee.number, mix(scale ^ keys.pointee.tail, keys.pointee.number))
    }

    /// Of an array in which the order of elements matters, by their hashes.
    static func list(_ elements: [UInt64]) -> UInt64 {
        let sum = elements.reduce(0) { listed($0, $1, keys) }
        return list(sum, UInt64(elements.count), keys)
    }

    /// What elements have come to, with one more.
    @inline(__always)
    static func listed(_ sum: UInt64, _ element: UInt64, _ keys: UnsafePointer<Keys>) -> UInt64 {
        mix(sum ^ element, keys.pointee.array)
    }

    /// Of an array by what its elements have come to and their number.
    @inline(__always)
    static func list(_ sum: UInt64, _ count: UInt64, _ keys: UnsafePointer<Keys>) -> UInt64 {
        mix(sum ^ keys.pointee.array, count ^ keys.pointee.number)
    }
}
