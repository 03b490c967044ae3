import NIOCore

/// Files that wait for another attempt, each until its time.
struct RetryQueue {
    private var waiting: [(due: NIODeadline, candidate: Candidate)] = []

    var count: Int { waiting.count }
    var isEmpty: Bool { waiting.isEmpty }

    /// When the first is due; nil: there is none.
    var nextDue: NIODeadline? { waiting.map(\.due).min() }

    mutating func add(_ candidate: Candidate, due: NIODeadline) { waiting.append((due, candidate)) }

    /// Takes those that are due.
    mutating func takeDue(at now: NIODeadline) -> [Candidate] {
        guard !waiting.isEmpty else { return [] }
        let due = waiting.filter { $0.due <= now }.map(\.candidate)
        if !due.isEmpty { waiting.removeAll { $0.due <= now } }
        return due
    }

    mutating func removeAll() { waiting.removeAll() }
}
