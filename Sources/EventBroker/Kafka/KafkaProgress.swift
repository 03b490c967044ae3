/// What of a partition was handed out and acknowledged. Only what is acknowledged without a gap is committed, so that
/// what was not comes again after the member's end.
struct KafkaProgress {
    /// Offsets that were handed out, in order, from `first` on.
    private var delivered: [Int64] = []
    private var first = 0
    private var acknowledged: Set<Int64> = []
    /// The offset to commit: of the first message that is not acknowledged.
    private(set) var position: Int64?

    /// How many are neither acknowledged nor behind the position.
    var openCount: Int { delivered.count - first - acknowledged.count }

    /// Notes a message that was handed out.
    mutating func deliver(_ offset: Int64) { delivered.append(offset) }

    /// Notes an acknowledgement; gives whether the position has moved.
    mutating func acknowledge(_ offset: Int64) -> Bool {
        acknowledged.insert(offset)
        let before = position
        while first < delivered.count, acknowledged.remove(delivered[first]) != nil {
            position = delivered[first] + 1
            first += 1
        }
        // Kept until most is done, so that each acknowledgement does not move the rest.
        if first * 2 > delivered.count {
            delivered.removeFirst(first)
            first = 0
        }
        return position != before
    }
}
