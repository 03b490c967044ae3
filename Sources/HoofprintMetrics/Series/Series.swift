import Hoofprint
import Synchronization

/// The values of a label with its dimensions.
///
/// ``read()`` is called by the flush thread only.
protocol Series: AnyObject, Sendable {
    var key: SeriesKey { get }
    /// Another number whenever there is something new to read.
    var revision: UInt64 { get }
    /// Reads what is to be written; what is of a window begins a new one. Empty: no value was given yet.
    func read() -> [ProbeCounter]
}

/// Values that are not written: given to a series that was refused, or such as the series cannot hold.
final class Losses: Sendable {
    private let number = Atomic<UInt64>(0)

    var count: UInt64 { number.load(ordering: .relaxed) }

    func add() { number.wrappingAdd(1, ordering: .relaxed) }
}

extension Atomic<UInt64> {
    /// Replaces the number, held as its bits, by what `change` makes of it; no lock, and repeated where another thread was
    /// faster.
    borrowing func update(_ change: (Double) -> Double) {
        var bits = load(ordering: .relaxed)
        while true {
            let result = weakCompareExchange(
                expected: bits, desired: change(Double(bitPattern: bits)).bitPattern, ordering: .relaxed)
            if result.exchanged { return }
            bits = result.original
        }
    }
}
