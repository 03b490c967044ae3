/// Myers' search for the middle of a shortest edit script, from both ends of a box at once, with a bound.
///
/// E. Myers, "An O(ND) difference algorithm and its variations" (1986), section 4b; the bound after git's xdiff.
/// Both directions count from their own corner, so that one is the mirror image of the other: diagonal `k` of
/// the one is diagonal `firstCount - secondCount - k` of the other.
struct MiddleSnake: ~Copyable {
    /// Where a box is split.
    struct Split: Sendable {
        /// Ends of the first and of the second part; equal where there are only two.
        let from: EditPoint
        let to: EditPoint
        /// Whether the point lies on a shortest edit script, and not just where the bound was reached.
        let isMinimal: Bool
    }

    private let capacity: Int
    private let forwardReach: UnsafeMutablePointer<Int>
    private let backwardReach: UnsafeMutablePointer<Int>

    /// The furthest-reaching points of one direction: how far each diagonal got in the first sequence.
    fileprivate struct Frontier {
        let reach: UnsafeMutablePointer<Int>
        var low = 0
        var high = 0
    }

    /// Room for searches with bounds of at most `capacity` edits.
    init(capacity: Int) {
        self.capacity = capacity
        forwardReach = .allocate(capacity: 2 * capacity + 3)
        backwardReach = .allocate(capacity: 2 * capacity + 3)
    }

    deinit {
        forwardReach.deallocate()
        backwardReach.deallocate()
    }

    /// Splits a box that has neither common ends nor an empty side.
    ///
    /// Where more than `2 * bound` edits are needed, at the points that `bound` edits reach furthest from either end.
    func split(
        _ box: EditBox, _ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>, bound: Int
    ) -> Split {
        var forward = Frontier(reach: forwardReach + (capacity + 1))
        var backward = Frontier(reach: backwardReach + (capacity + 1))
        forward.reach[0] = 0
        backward.reach[0] = 0
        let isOdd = (box.firstCount - box.secondCount) & 1 != 0
        let (firstStart, secondStart) = (first + box.start.first, second + box.start.second)
        let (firstLast, secondLast) = (first + box.end.first - 1, second + box.end.second - 1)
        for _ in 0..<bound {
            let met = Self.advance(
                &forward, meeting: backward, checks: isOdd, box, firstStart, secondStart, direction: 1)
            if let met {
                let point = Self.forwardPoint(met, box)
                return Split(from: point, to: point, isMinimal: true)
            }
            let metBackward = Self.advance(
                &backward, meeting: forward, checks: !isOdd, box, firstLast, secondLast, direction: -1)
            if let metBackward {
                let point = Self.backwardPoint(metBackward, box)
                return Split(from: point, to: point, isMinimal: true)
            }
        }
        return Self.furthest(forward, backward, box)
    }

    /// Makes one more edit on each diagonal and follows the equal elements behind it.
    ///
    /// Returns the point where a path meets one of the other direction.
    @inline(__always)
    private static func advance(
        _ frontier: inout Frontier, meeting other: Frontier, checks: Bool, _ box: EditBox,
        _ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>, direction: Int
    ) -> EditPoint? {
        let (firstCount, secondCount, reach) = (box.firstCount, box.secondCount, frontier.reach)
        frontier.widen(firstCount, secondCount)
        var diagonal = frontier.high
        while diagonal >= frontier.low {
            let (removed, added) = (reach[diagonal &- 1] &+ 1, reach[diagonal &+ 1])
            var x = max(removed, added)
            var y = x &- diagonal
            while x < firstCount, y < secondCount, first[x &* direction] == second[y &* direction] {
                x &+= 1
                y &+= 1
            }
            reach[diagonal] = x
            if checks {
                let opposite = firstCount &- secondCount &- diagonal
                if opposite >= other.low, opposite <= other.high, x &+ other.reach[opposite] >= firstCount {
                    return EditPoint(first: x, second: y)
                }
            }
            diagonal &-= 2
        }
        return nil
    }

    /// Where the paths of both directions got furthest; only the further of the two if they cross.
    private static func furthest(
        _ forward: Frontier, _ backward: Frontier, _ box: EditBox
    ) -> Split {
        let (ahead, behind) = (forward.furthest(in: box), backward.furthest(in: box))
        let (from, to) = (forwardPoint(ahead, box), backwardPoint(behind, box))
        if from.first <= to.first, from.second <= to.second { return Split(from: from, to: to, isMinimal: false) }
        let further = ahead.first + ahead.second >= behind.first + behind.second ? from : to
        return Split(from: further, to: further, isMinimal: false)
    }

    private static func forwardPoint(_ point: EditPoint, _ box: EditBox) -> EditPoint {
        EditPoint(first: box.start.first + point.first, second: box.start.second + point.second)
    }

    private static func backwardPoint(_ point: EditPoint, _ box: EditBox) -> EditPoint {
        EditPoint(first: box.end.first - point.first, second: box.end.second - point.second)
    }
}

extension MiddleSnake.Frontier {
    /// Goes out by one diagonal on both sides, or in by one where the box ends.
    fileprivate mutating func widen(_ firstCount: Int, _ secondCount: Int) {
        if low > -secondCount {
            low &-= 1
            reach[low &- 1] = -2
        } else {
            low &+= 1
        }
        if high < firstCount {
            high &+= 1
            reach[high &+ 1] = -2
        } else {
            high &-= 1
        }
    }

    /// The point inside of the box with the most elements before it.
    fileprivate func furthest(in box: EditBox) -> EditPoint {
        var best = EditPoint(first: 0, second: 0)
        for diagonal in stride(from: low, through: high, by: 2) {
            let (x, y) = (reach[diagonal], reach[diagonal] - diagonal)
            if x <= box.firstCount, y <= box.secondCount, x + y > best.first + best.second {
                best = EditPoint(first: x, second: y)
            }
        }
        return best
    }
}
