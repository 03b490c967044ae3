import CMeasure
import Hoofprint

/// The on-CPU time of spans by the kernel's clock of the thread, in the order in which they began.
struct Measured {
    /// Between which nanoseconds the on-CPU time of each span lies, by name of span.
    private(set) var bounds: [String: [ClosedRange<UInt64>]] = [:]

    /// What reading the clock takes, of its own time.
    private let reading: UInt64

    init(reading: UInt64) {
        self.reading = reading
    }

    /// Runs `body` in a span, between two readings inside it and two around it.
    ///
    /// A reading is of the moment in the middle of its call. So the span holds one reading's time more than what lies between
    /// the two inside, and the two around it lie one reading's time and its own cost apart from it. Where an interrupt comes
    /// between readings, that distance is greater, and what the span holds of it is not known.
    mutating func span(_ name: StaticString, _ body: (inout Measured) -> Void) {
        let key = name.description
        let place = bounds[key, default: []].count
        bounds[key, default: []].append(0...0)
        let before = measure_thread_cpu()
        let inside: UInt64 = Hoofprint.span(name) {
            let begun = measure_thread_cpu()
            body(&self)
            return measure_thread_cpu() - begun
        }
        let outside = measure_thread_cpu() - before
        bounds[key]?[place] = inside + reading...max(inside + reading, outside - reading)
    }

    /// The median time between two readings, by the clock itself.
    static func readingCost() -> UInt64 {
        let costs = (0..<1001).map { _ in
            let first = measure_thread_cpu()
            return measure_thread_cpu() - first
        }
        return costs.sorted()[costs.count / 2]
    }
}
