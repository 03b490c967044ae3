/// Numbers with units, short enough for a column: at most six characters, three significant digits, rounded.
package enum Quantity {
    /// A duration: `512ns`, `3.10µs`, `41.0ms`, `1.20s`, `6m12s`, `3h05m`, `12d04h`.
    static func duration(_ nanoseconds: UInt64) -> String {
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        for (unit, size) in [("µs", 1e3), ("ms", 1e6)] {
            if let text = threeDigits(Double(nanoseconds) / size) { return text + unit }
        }
        if nanoseconds < 59_950_000_000, let text = threeDigits(Double(nanoseconds) / 1e9) { return text + "s" }
        let seconds = nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 >= 500_000_000 ? 1 : 0)
        if seconds < 3_600 { return "\(seconds / 60)m" + twoDigits(seconds % 60) + "s" }
        let minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0)
        if minutes < 1_440 { return "\(minutes / 60)h" + twoDigits(minutes % 60) + "m" }
        let hours = minutes / 60 + (minutes % 60 >= 30 ? 1 : 0)
        if hours < 2_400 { return "\(hours / 24)d" + twoDigits(hours % 24) + "h" }
        let days = hours / 24
        return days < 10_000 ? "\(days)d" : "\(days / 365)y"
    }

    /// A count: all digits below 100,000, then `123k`, `1.20M`, `4.10G`.
    static func count(_ count: UInt64) -> String {
        if count < 100_000 { return grouped(count) }
        for (unit, size) in [("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18)] {
            if let text = threeDigits(Double(count) / size) { return text + unit }
        }
        return "many"
    }

    /// An average of counts: `0.25`, `1.0`, `4.0`, `12`, `214`, `1.20M`.
    static func number(_ number: Double) -> String {
        guard number < 9.95 else { return count(UInt64(min(number.rounded(), 1e18))) }
        let scale: UInt64 = number < 0.995 ? 100 : 10
        let scaled = UInt64((max(0, number) * Double(scale)).rounded())
        if scaled == 0 { return number > 0 ? "<0.01" : "0" }
        let fraction = scaled % scale
        return "\(scaled / scale)." + (scale == 100 ? twoDigits(fraction) : "\(fraction)")
    }

    /// A number of bytes, in powers of ten.
    package static func bytes(_ bytes: UInt64) -> String {
        if bytes < 1_000 { return "\(bytes) B" }
        for (unit, size) in [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("PB", 1e15), ("EB", 1e18)] {
            if let text = threeDigits(Double(bytes) / size) { return text + " " + unit }
        }
        return "many"
    }

    /// A share of 0…1 in whole per cent. Only 0 is `0%` and only everything is `100%`.
    static func percent(_ share: Double) -> String {
        guard share > 0 else { return "0%" }
        guard share < 1 else { return "100%" }
        let rounded = Int((share * 100).rounded())
        return rounded == 0 ? "<1%" : rounded == 100 ? ">99%" : "\(rounded)%"
    }

    /// A share in whole per cent that may be more than everything, as that of tasks that ran at once: `140%`.
    static func wholePercent(_ share: Double) -> String {
        guard share > 1, share.isFinite else { return percent(share) }
        return count(UInt64(min(1e15, (share * 100).rounded()))) + "%"
    }

    /// A share of 0…1 in per cent with two significant digits where it is small: `0.31%`.
    static func finePercent(_ share: Double) -> String {
        guard share > 0, share < 0.0995 else { return percent(share) }
        guard share >= 0.0001 else { return "<0.01%" }
        let hundredths = Int((share * 10_000).rounded())
        return share < 0.00995
            ? "0." + twoDigits(UInt64(hundredths)) + "%" : "\(hundredths / 100).\(hundredths % 100 / 10)%"
    }

    /// A number with commas between groups of three digits.
    static func grouped(_ number: UInt64) -> String {
        var text = ""
        let digits = Array(String(number))
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `1 record`, `2 records`.
    package static func counted(_ number: UInt64, _ noun: String, plural: String? = nil) -> String {
        grouped(number) + " " + (number == 1 ? noun : plural ?? noun + "s")
    }

    /// Returns `value` with three digits, or nil where it rounds to 1,000 or more.
    private static func threeDigits(_ value: Double) -> String? {
        guard value < 999.5 else { return nil }
        if value >= 99.95 { return String(Int(value.rounded())) }
        let decimals: UInt64 = value >= 9.995 ? 1 : 2
        let scale: UInt64 = decimals == 1 ? 10 : 100
        let scaled = UInt64((value * Double(scale)).rounded())
        let fraction = scaled % scale
        return "\(scaled / scale)." + (decimals == 1 ? "\(fraction)" : twoDigits(fraction))
    }

    static func twoDigits(_ number: UInt64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
