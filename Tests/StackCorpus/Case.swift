import CStackCorpus

/// A program whose stacks are known.
struct Case: Sendable {
    let name: String
    /// The functions that await each other where the task computes, innermost first; empty: it does not compute in a task.
    var chain: [String] = []
    /// Goes on until ``isOver``.
    let body: @Sendable () async -> Void
}

var isOver: Bool { corpus_is_over() }

/// Computes for some microseconds.
@inline(never)
func work(_ seed: UInt64) -> UInt64 { corpus_work(seed) &+ 1 }
