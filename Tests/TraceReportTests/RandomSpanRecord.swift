import SeededRandom
import TraceLog

extension SpanRecord {
    /// A call of one of six paths, with numbers of any size up to some minutes; one in nine failed.
    static func random(_ random: inout SeededGenerator) -> SpanRecord {
        func number() -> UInt64 {
            UInt64.random(in: 0...10, using: &random) << UInt64.random(in: 0...34, using: &random)
        }
        let took = number()
        return SpanRecord(
            path: UInt64.random(in: 1...6, using: &random), id: number(), parent: number(), thread: number(),
            startNanoseconds: number(), durationNanoseconds: took, selfNanoseconds: took / 2, cpuNanoseconds: took / 3,
            error: Int.random(in: 0..<9, using: &random) == 0 ? "E" : "")
    }
}
