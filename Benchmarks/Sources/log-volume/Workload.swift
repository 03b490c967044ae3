import CMeasure
import Foundation
import Hoofprint

/// A request of 19 spans on 13 paths, and how long the body of each span took.
struct Workload {
    static let requests = 52_632
    static let spans = requests * 19

    /// The 13 paths, by the names of their spans.
    static let paths = [
        "request", "parse", "authorize", "lookup", "load", "query", "row", "render", "template", "encode", "compress",
        "respond", "write",
    ]

    /// How long the bodies of the spans of each path took, in counter ticks. What a span itself takes is not in it.
    private(set) var durations = [[UInt64]](repeating: [], count: paths.count)

    private let ticksPerMicrosecond = measureTicksPerMicrosecond()
    private var random: UInt64 = 1

    init() {
        for index in durations.indices { durations[index].reserveCapacity(Self.requests * 4) }
    }

    mutating func runRequest() {
        timed(0, "request") { work in
            work.timed(1, "parse") { $0.spin() }
            work.timed(2, "authorize") { $0.timed(3, "lookup") { $0.spin() } }
            work.timed(4, "load") { load in
                for _ in 0..<2 {
                    load.timed(5, "query") { query in for _ in 0..<2 { query.timed(6, "row") { $0.spin() } } }
                }
            }
            work.timed(7, "render") { render in for _ in 0..<3 { render.timed(8, "template") { $0.spin() } } }
            work.timed(9, "encode") { $0.timed(10, "compress") { $0.spin() } }
            work.timed(11, "respond") { $0.timed(12, "write") { $0.spin() } }
        }
    }

    private mutating func timed(_ path: Int, _ name: StaticString, _ body: (inout Workload) -> Void) {
        span(name) {
            let begun = counter_read()
            body(&self)
            durations[path].append(counter_read() &- begun)
        }
    }

    /// Computes for 5 to 40 µs, short times being the likelier ones.
    private mutating func spin() {
        let start = counter_read()
        let duration = UInt64(5 * ticksPerMicrosecond * exp2(3 * uniform()))
        while counter_read() &- start < duration { keep(start) }
    }

    /// The next number from 0 up to 1, of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    private mutating func uniform() -> Double {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }

    private static func measureTicksPerMicrosecond() -> Double {
        let clock = measure_monotonic()
        let ticks = counter_read()
        while measure_monotonic() - clock < 10_000_000 { keep(clock) }
        return Double(counter_read() &- ticks) / Double(measure_monotonic() - clock) * 1000
    }
}
