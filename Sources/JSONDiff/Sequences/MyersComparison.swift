/// Myers' comparison in linear space of two sequences of small numbers that all occur in both.
///
/// Boxes wait on an explicit stack. A search that reaches its bound has gone over at least `bound` elements, and
/// visited each at most once on each of `2 * bound` diagonals, so that the whole takes O(lengths * bound).
struct MyersComparison: ~Copyable {
    /// The elements of one side that the other side has as well.
    struct Side {
        /// Equal numbers are equal elements.
        let numbers: UnsafeMutablePointer<UInt32>
        /// Where each element is in the unfiltered sequence.
        let positions: UnsafeMutablePointer<UInt32>
        var count = 0
    }

    private let first: Side
    private let second: Side
    private let partners: UnsafeMutablePointer<UInt32>
    private let snake: MiddleSnake
    private let limits: SequenceLimits
    private var bound: Int
    /// After the first search that reached its bound: enough for each part that `bound` edits led to.
    private let laterBound: Int
    private var pending: [EditBox] = []

    init(_ first: Side, _ second: Side, partners: UnsafeMutablePointer<UInt32>, limits: SequenceLimits) {
        self.first = first
        self.second = second
        self.partners = partners
        self.limits = limits
        bound = limits.editBound(lengths: first.count + second.count)
        laterBound = max((bound + 1) / 2, min(bound, limits.edits.lowerBound))
        snake = MiddleSnake(capacity: bound)
    }

    /// Writes the matches to the partners. Overwrites `index`.
    mutating func run(exact: inout BitParallelComparison, index: inout HashIndex) {
        pending.append(
            EditBox(
                start: EditPoint(first: 0, second: 0), end: EditPoint(first: first.count, second: second.count)))
        while var box = pending.popLast() {
            let (prefix, suffix) = box.trim(first.numbers, second.numbers)
            for offset in 0..<prefix {
                match(box.start.first - prefix + offset, box.start.second - prefix + offset)
            }
            for offset in 0..<suffix { match(box.end.first + offset, box.end.second + offset) }
            if box.isEmpty { continue }
            if limits.isExact(box) {
                compareExactly(box, &exact, &index)
            } else {
                split(box)
            }
        }
    }

    private func match(_ firstIndex: Int, _ secondIndex: Int) {
        partners[Int(first.positions[firstIndex])] = second.positions[secondIndex]
    }

    private mutating func split(_ box: EditBox) {
        let split = snake.split(box, first.numbers, second.numbers, bound: bound)
        assert(split.from != box.start && split.to != box.end)
        if !split.isMinimal { bound = laterBound }
        pending.append(EditBox(start: box.start, end: split.from))
        if split.from != split.to { pending.append(EditBox(start: split.from, end: split.to)) }
        pending.append(EditBox(start: split.to, end: box.end))
    }

    private func compareExactly(
        _ box: EditBox, _ exact: inout BitParallelComparison, _ index: inout HashIndex
    ) {
        let firstRange = UnsafeBufferPointer(start: first.numbers + box.start.first, count: box.firstCount)
        let secondRange = UnsafeBufferPointer(start: second.numbers + box.start.second, count: box.secondCount)
        if box.firstCount <= box.secondCount {
            exact.compare(columns: firstRange, rows: secondRange, index: &index) {
                match(box.start.first + $0, box.start.second + $1)
            }
        } else {
            exact.compare(columns: secondRange, rows: firstRange, index: &index) {
                match(box.start.first + $1, box.start.second + $0)
            }
        }
    }
}
