/// The longest increasing subsequence, by patience sorting (M. Fredman, 1975): O(n log n).
enum IncreasingSubsequence {
    /// Leaves in `values` one of the longest increasing subsequences, and ``HashIndex/none`` everywhere else.
    ///
    /// Values that are ``HashIndex/none`` do not take part; all others are different.
    /// `memory` has room for `count` numbers and two more for each value that takes part. Returns the length.
    static func keepLongest(
        _ values: UnsafeMutablePointer<UInt32>, count: Int, candidates: Int, memory: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let predecessors = memory
        // For each length, the subsequence that ends lowest: its last value, and the index of that.
        let lastValues = memory + count
        let lastIndices = lastValues + candidates
        var length = 0
        var place = 0
        for index in 0..<count where values[index] != HashIndex.none {
            let value = values[index]
            place = Self.place(of: value, after: place, in: lastValues, count: length)
            lastValues[place] = value
            lastIndices[place] = UInt32(truncatingIfNeeded: index)
            predecessors[index] = place > 0 ? lastIndices[place &- 1] : HashIndex.none
            if place == length { length &+= 1 }
        }
        var kept = length > 0 ? lastIndices[length &- 1] : HashIndex.none
        for index in stride(from: count - 1, through: 0, by: -1) {
            if UInt32(truncatingIfNeeded: index) == kept {
                kept = predecessors[index]
            } else {
                values[index] = HashIndex.none
            }
        }
        return length
    }

    /// The first place whose value is greater. The place after the previous one is tried first: blocks stay together.
    @inline(__always)
    private static func place(
        of value: UInt32, after previous: Int, in lastValues: UnsafePointer<UInt32>, count: Int
    ) -> Int {
        var low = 0
        var high = count
        if previous < count, lastValues[previous] < value {
            low = previous &+ 1
            if low == count || lastValues[low] > value { return low }
        }
        while low < high {
            let middle = (low &+ high) >> 1
            if lastValues[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}
