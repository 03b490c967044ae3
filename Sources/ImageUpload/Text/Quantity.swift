/// Numbers as people read them.
enum Quantity {
    /// Bytes in the binary unit that leaves one to four digits: `0 B`, `1023 B`, `12.3 MiB`.
    static func bytes(_ count: Double) -> String {
        var value = count
        var unit = "B"
        for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            value /= 1024
            unit = larger
        }
        return unit == "B" ? "\(Int(value)) B" : "\(tenths(value)) \(unit)"
    }

    /// A number with its thousands set off: `12,345`.
    static func count(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3), digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// A number with one decimal.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(count(tenths / 10)).\(tenths % 10)"
    }

    /// A duration as a clock shows it: `0:07`, `1:02:03`.
    static func clock(_ seconds: Double) -> String {
        let total = Int(min(max(0, seconds), 359_999).rounded(.up))
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (total / 3600, total / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
    }
}
