/// What becomes of the elements of an array, and in which order: so that each change can be made in the array that those before it
/// have made.
struct ListPlan {
    enum Step {
        /// An old element, at its place when it is removed.
        case remove(Int, at: Int)
        /// A new element, at its place when it is added.
        case add(Int, at: Int)
        /// An old element, from its place to that of a new one.
        case move(Int, from: Int, Int, at: Int)
        /// An old element stays and is to become a new one, at its place then.
        case compare(Int, Int, at: Int)
    }

    private enum Fate: UInt8 {
        case removed, stays, changes, moves
    }

    /// How many elements are equal at the start; they have no fates.
    private let first: Int
    /// By the index of an old element less ``first``, without those that are equal at the end.
    private var fates: [Fate]
    /// The old element that becomes a new one; -1: none does.
    private var sources: [Int32]
    private let hasMoves: Bool

    init(_ old: [UInt64], _ new: [UInt64]) {
        (first, fates, sources, hasMoves) = old.withUnsafeBufferPointer { old in
            new.withUnsafeBufferPointer { new in
                var matches = SequenceComparison.matches(old, new)
                let moves = SequenceComparison.moves(old, new, outside: matches)
                var first = 0, last = 0
                if let run = matches.first, run.old == 0, run.new == 0 { first = matches.removeFirst().count }
                if let run = matches.last, run.old + run.count == old.count, run.new + run.count == new.count {
                    last = matches.removeLast().count
                }
                var fates = [Fate](repeating: .removed, count: old.count - first - last)
                var sources = [Int32](repeating: -1, count: new.count - first - last)
                for run in matches {
                    for index in 0..<run.count {
                        fates[run.old + index - first] = .stays
                        sources[run.new + index - first] = Int32(run.old + index)
                    }
                }
                for move in moves {
                    fates[move.old - first] = .moves
                    sources[move.new - first] = Int32(move.old)
                }
                return (first, fates, sources, !moves.isEmpty)
            }
        }
    }

    /// Calls a function with the removed and the added elements between those that stay; it answers with pairs of them, which do
    /// not cross: those become each other.
    mutating func forEachGap(_ pairs: ([Int], [Int]) -> [(old: Int, new: Int)]) {
        var at = 0, other = 0
        while at < fates.count || other < sources.count {
            var removed: [Int] = [], added: [Int] = []
            while at < fates.count, fates[at] != .stays {
                if fates[at] == .removed { removed.append(at + first) }
                at += 1
            }
            while other < sources.count, sources[other] < 0 || fates[Int(sources[other]) - first] == .moves {
                if sources[other] < 0 { added.append(other + first) }
                other += 1
            }
            if !removed.isEmpty, !added.isEmpty {
                for pair in pairs(removed, added) {
                    fates[pair.old - first] = .changes
                    sources[pair.new - first] = Int32(pair.old)
                }
            }
            while other < sources.count, sources[other] == at + first, fates[at] == .stays {
                at += 1
                other += 1
            }
        }
    }

    /// Calls a function with the steps that make the new array out of the old one. Time is O(n log n) where elements move, else
    /// linear.
    func forEachStep(_ body: (Step) -> Void) {
        // Where an element is that moves: before ``at`` it waits among the elements that are in their places.
        var waiting = RankTree(count: hasMoves ? fates.count : 0)
        var gone = waiting
        var placesBefore = [Int32](repeating: 0, count: hasMoves ? fates.count : 0)
        var waitingCount = 0
        var at = 0
        /// Removes what stands before the next element that stays or changes.
        func clear(_ place: Int) {
            while at < fates.count, fates[at] == .removed || fates[at] == .moves {
                if fates[at] == .removed {
                    body(.remove(at + first, at: place + waitingCount))
                } else if !gone.contains(at) {
                    waiting.insert(at)
                    placesBefore[at] = Int32(place)
                    waitingCount += 1
                }
                at += 1
            }
        }
        for index in sources.indices {
            let place = first + index
            clear(place)
            let source = Int(sources[index]) - first
            if sources[index] < 0 {
                body(.add(place, at: place + waitingCount))
            } else if fates[source] == .moves {
                let from: Int
                if source < at {
                    from = Int(placesBefore[source]) + waiting.count(before: source)
                    waiting.remove(source)
                    waitingCount -= 1
                } else {
                    from = place + waitingCount + source - at - gone.count(before: source) + gone.count(before: at)
                    gone.insert(source)
                }
                body(.move(source + first, from: from, place, at: place + waitingCount))
            } else {
                if fates[source] == .changes { body(.compare(source + first, place, at: place + waitingCount)) }
                at += 1
            }
        }
        clear(first + sources.count)
    }
}

/// A set of numbers that knows how many of them are less than another (Fenwick, 1994). 4 bytes for each that may be in it.
struct RankTree {
    private var sums: [Int32]

    init(count: Int) { sums = [Int32](repeating: 0, count: count + 1) }

    mutating func insert(_ number: Int) { add(1, to: number) }
    mutating func remove(_ number: Int) { add(-1, to: number) }

    private mutating func add(_ change: Int32, to number: Int) {
        var at = number + 1
        while at < sums.count {
            sums[at] += change
            at += at & -at
        }
    }

    /// How many are less than a number.
    func count(before number: Int) -> Int {
        var sum: Int32 = 0
        var at = number
        while at > 0 {
            sum += sums[at]
            at -= at & -at
        }
        return Int(sum)
    }

    func contains(_ number: Int) -> Bool { count(before: number + 1) > count(before: number) }
}
