/// What the characters of two strings have in common at their ends.
struct StringChange {
    /// How many bytes at the start are equal.
    let first: Int
    /// How many bytes at the end are equal.
    let last: Int

    /// Longer strings are compared from the start only, so that the work stays small.
    private static let maximumForEnds = 1 << 20

    /// Compares characters of two strings; none is taken apart.
    init(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>) {
        var first = 0
        while first < old.count, first < new.count {
            let length = Self.unit(old, first)
            guard Self.unit(new, first) == length,
                old[first..<first + length].elementsEqual(new[first..<first + length])
            else { break }
            first += length
        }
        self.first = first
        guard max(old.count, new.count) <= Self.maximumForEnds else {
            last = 0
            return
        }
        let units = Self.units(old, from: first), others = Self.units(new, from: first)
        var last = 0
        for (unit, other) in zip(units.reversed(), others.reversed()) {
            guard old[unit].elementsEqual(new[other]) else { break }
            last += unit.count
        }
        self.last = last
    }

    private static func units(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> [Range<Int>] {
        var units: [Range<Int>] = []
        var at = start
        while at < bytes.count {
            let end = at + unit(bytes, at)
            units.append(at..<end)
            at = end
        }
        return units
    }

    /// The length of the character at an offset.
    static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        VisibleText.decode(bytes, at: at).length
    }

    /// The offset so many characters before another, or the start.
    static func back(_ bytes: UnsafeBufferPointer<UInt8>, from end: Int, units count: Int) -> Int {
        var at = end, left = count
        while left > 0, at > 0 {
            at -= 1
            if bytes[at] & 0xC0 != 0x80 { left -= 1 }
        }
        return at
    }

    /// The offset so many characters behind another, or the end.
    static func forward(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, units count: Int) -> Int {
        var at = start
        for _ in 0..<count where at < bytes.count { at += unit(bytes, at) }
        return at
    }
}
