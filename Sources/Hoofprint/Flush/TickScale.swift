/// Turns a session's clock ticks into nanoseconds.
struct TickScale {
    /// The tick clock at the session's start.
    let startTicks: UInt64
    let ticksPerSecond: UInt64

    func nanoseconds(_ ticks: UInt64) -> UInt64 {
        Self.scale(ticks, by: 1_000_000_000, dividedBy: max(1, ticksPerSecond))
    }

    /// Nanoseconds from the session's start to an absolute tick count, 0 before it.
    func sinceStart(_ ticks: UInt64) -> UInt64 {
        nanoseconds(ticks > startTicks ? ticks - startTicks : 0)
    }

    /// Returns `value * factor / divisor`, the largest number where that does not fit.
    static func scale(_ value: UInt64, by factor: UInt64, dividedBy divisor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        guard product.high < divisor else { return .max }
        return divisor.dividingFullWidth(product).quotient
    }
}
