import Hoofprint

/// In which unit a series' numbers, which may have fractions, are written as the whole numbers that a counter is.
enum NumberUnit {
    /// As they are: there has been none with a fraction.
    case whole
    /// Millionths: `_micro`.
    case millionths
    /// They are nanoseconds, and say so: `_ns`.
    case nanoseconds

    private var suffix: String {
        switch self {
        case .whole: ""
        case .millionths: "_micro"
        case .nanoseconds: "_ns"
        }
    }

    /// Returns a counter of a number that is not below zero; the largest there is for those above.
    func counter(_ name: String, _ number: Double) -> ProbeCounter {
        let scaled = (self == .millionths ? number * 1e6 : number).rounded()
        // Double(UInt64.max) is 2⁶⁴, one too many.
        let value = scaled < 0x1p64 ? UInt64(max(0, scaled)) : .max
        return ProbeCounter(name: name + suffix, value: value)
    }

    /// Whether a number has a fraction.
    static func isFraction(_ number: Double) -> Bool { number != number.rounded(.towardZero) }
}
