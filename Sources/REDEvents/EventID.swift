import WallClock

extension MeasuredEvent {
    /// A new name for an event: a UUID of version 7 (RFC 9562, section 5.7), which begins with the time.
    ///
    /// Stores look each id up among all there are. Those that follow each other in time are near each other there, while
    /// wholly random ones are everywhere, so that every one of them costs a page of the disk.
    ///
    /// - Parameter time: When the event was; its milliseconds are in the id.
    package static func makeID(
        at time: Timestamp, using generator: inout some RandomNumberGenerator
    ) -> String {
        let high = UInt64(bitPattern: time.milliseconds) << 16 | 0x7000 | generator.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF
        let digits = [high, low].map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
        var rest = digits[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    /// A new name for an event, of the system's random numbers.
    package static func makeID(at time: Timestamp) -> String {
        var generator = SystemRandomNumberGenerator()
        return makeID(at: time, using: &generator)
    }
}
