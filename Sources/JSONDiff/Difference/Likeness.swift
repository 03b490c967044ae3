extension DifferenceBuilder {
    /// The most pairs of elements of a gap that are all looked at.
    private static let maximumPairs = 4096

    /// Pairs of removed and added elements that are shown as changes of one into the other, in order; they do not cross.
    ///
    /// Containers are paired by the members or elements that they share: in small gaps those pairs whose likeness is the most in
    /// sum, in large ones those that a sketch of the least hashes finds (Broder, "On the resemblance and containment of documents",
    /// 1997). What is left and is no container is paired in order.
    mutating func alikePairs(
        _ before: ElementList, _ removed: [Int], _ after: ElementList, _ added: [Int], _ path: UInt64
    ) -> [(old: Int, new: Int)] {
        if removed.count == 1, added.count == 1 { return [(removed[0], added[0])] }
        let lefts = removed.map { Likeness(of: old.value(at: before.starts[$0]), in: &old, old.elementPath(path, $0)) }
        let rights = added.map { Likeness(of: new.value(at: after.starts[$0]), in: &new, new.elementPath(path, $0)) }
        let found =
            removed.count * added.count <= Self.maximumPairs
            ? Likeness.bestPairs(lefts, rights) : Likeness.sketchedPairs(lefts, rights)
        var pairs: [(old: Int, new: Int)] = []
        var left = 0, right = 0
        for (nextLeft, nextRight) in found + [(lefts.count, rights.count)] {
            while left < nextLeft, right < nextRight {
                if lefts[left].mayBecome(rights[right], isTolerant: tolerance > 0) {
                    pairs.append((removed[left], added[right]))
                }
                left += 1
                right += 1
            }
            if nextLeft < lefts.count { pairs.append((removed[nextLeft], added[nextRight])) }
            (left, right) = (nextLeft + 1, nextRight + 1)
        }
        return pairs
    }
}

/// What of a value is compared to see whether it is like another.
private struct Likeness {
    private struct Part {
        /// Of a member's key; of an element.
        let key: UInt64
        let hash: UInt64
        let isContainer: Bool
    }

    private let kind: UInt8
    /// By key; empty where it is no container.
    private let parts: [Part]

    /// The most parts that are looked at.
    private static let maximumParts = 1000
    /// Containers are alike from here on; 1: they are equal.
    private static let least = 0.3

    init(of value: ComparedText.Value, in text: inout ComparedText, _ path: UInt64) {
        kind = text.kind(value)
        var parts: [Part] = []
        if text.isContainer(value) {
            let isObject = text.isObject(value)
            text.forEachChild(of: value, path: path) { child in
                guard parts.count < Self.maximumParts else { return }
                let isContainer = child.value.container >= 0
                parts.append(
                    Part(key: isObject ? child.keyHash : child.hash, hash: child.hash, isContainer: isContainer))
            }
        }
        self.parts = parts.sorted { $0.key < $1.key }
    }

    private var isContainer: Bool { kind == UInt8(ascii: "{") || kind == UInt8(ascii: "[") }

    /// Whether a value without likeness is shown as a change into another.
    func mayBecome(_ other: Likeness, isTolerant: Bool) -> Bool {
        isContainer || other.isContainer ? isTolerant && kind == other.kind : true
    }

    /// 0 to 1.
    private func likeness(to other: Likeness) -> Double {
        guard isContainer, kind == other.kind else { return 0 }
        var sum = 0.0
        var left = 0, right = 0
        while left < parts.count, right < other.parts.count {
            let (part, otherPart) = (parts[left], other.parts[right])
            if part.key == otherPart.key {
                // A key alone says less than a member; a container under it may be nearly the same.
                sum += part.hash == otherPart.hash ? 1 : part.isContainer && otherPart.isContainer ? 0.5 : 0.25
                left += 1
                right += 1
            } else if part.key < otherPart.key {
                left += 1
            } else {
                right += 1
            }
        }
        return 2 * sum / Double(max(1, parts.count + other.parts.count))
    }

    /// The pairs that do not cross whose likenesses are the most in sum. Time and memory: the product of the counts.
    static func bestPairs(_ lefts: [Likeness], _ rights: [Likeness]) -> [(Int, Int)] {
        let width = rights.count + 1
        var alike = [Double](repeating: 0, count: lefts.count * width)
        var best = [Double](repeating: 0, count: (lefts.count + 1) * width)
        for left in lefts.indices.reversed() {
            for right in rights.indices.reversed() {
                let likeness = lefts[left].likeness(to: rights[right])
                alike[left * width + right] = likeness
                let paired = likeness < least ? 0 : likeness + best[(left + 1) * width + right + 1]
                best[left * width + right] = max(
                    paired, best[(left + 1) * width + right], best[left * width + right + 1])
            }
        }
        var pairs: [(Int, Int)] = []
        var left = 0, right = 0
        while left < lefts.count, right < rights.count {
            let here = best[left * width + right]
            let likeness = alike[left * width + right]
            if likeness >= least, here == likeness + best[(left + 1) * width + right + 1] {
                pairs.append((left, right))
                left += 1
                right += 1
            } else if here == best[(left + 1) * width + right] {
                left += 1
            } else {
                right += 1
            }
        }
        return pairs
    }

    /// The least hashes of what a value has: values that have much in common have some of them in common.
    private var sketch: [UInt64] {
        parts.map { ValueHash.mix($0.key ^ ValueHash.keys.pointee.member, $0.hash ^ ValueHash.keys.pointee.tail) }
            .sorted().prefix(4).map { $0 }
    }

    /// Pairs with a part of their sketches in common, those of them that do not cross. Time is O(n log n).
    static func sketchedPairs(_ lefts: [Likeness], _ rights: [Likeness]) -> [(Int, Int)] {
        var places: [UInt64: Int] = [:]
        for (index, left) in lefts.enumerated() {
            for hash in left.sketch { places[hash] = places[hash] == nil ? index : -1 }
        }
        var partners: [(left: Int, right: Int)] = []
        for (index, right) in rights.enumerated() {
            let found = right.sketch.compactMap { places[$0] }.filter { $0 >= 0 }
            guard let left = found.first(where: { lefts[$0].likeness(to: right) >= least }) else { continue }
            partners.append((left, index))
        }
        return increasing(partners)
    }

    /// The longest run of pairs whose left ones increase, of pairs whose right ones do.
    private static func increasing(_ pairs: [(left: Int, right: Int)]) -> [(Int, Int)] {
        // By length, the pair with the least left one that a run of that length ends with.
        var ends: [Int] = []
        var before = [Int](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var low = 0, high = ends.count
            while low < high {
                let middle = (low + high) / 2
                if pairs[ends[middle]].left < pair.left { low = middle + 1 } else { high = middle }
            }
            before[index] = low > 0 ? ends[low - 1] : -1
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var result: [(Int, Int)] = []
        var at = ends.last ?? -1
        while at >= 0 {
            result.append(pairs[at])
            at = before[at]
        }
        return result.reversed()
    }
}
