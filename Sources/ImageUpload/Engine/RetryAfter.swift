import WallClock

/// Reads the Retry-After field (RFC 9110, 10.2.3).
enum RetryAfter {
    /// How many milliseconds to wait, 0 for a time that has passed; nil: the field says neither seconds nor a date.
    static func milliseconds(_ field: String, now: Timestamp) -> Int? {
        if field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // More digits than fit are a long time.
            return field.isEmpty ? nil : (Int(field.prefix(10)) ?? 0) * 1000
        }
        return Timestamp(http: field).map { max(0, Int($0.milliseconds - now.milliseconds)) }
    }
}
