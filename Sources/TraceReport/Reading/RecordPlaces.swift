import CLogScan

/// Finds the records of blocks of lines, some hundred at a time.
struct RecordPlaces: ~Copyable {
    private let places = UnsafeMutableBufferPointer<hp_log_place>.allocate(capacity: batch)
    private let implementation: Int32

    /// How many records are found before the first of them is handed over.
    static let batch = 256

    /// - Parameter usesVectors: Whether the processor's widest vectors are used, where it has them.
    init(usesVectors: Bool = true) {
        implementation = usesVectors ? hp_log_scan_best() : Int32(HP_LOG_PLAIN)
    }

    deinit {
        places.deallocate()
    }

    /// Calls `body` with the places of the next records and where they are counted from, until all of `block` was looked at:
    /// whole lines, and ``LineBlocks/padding`` bytes that can be read behind them. Returns how many lines there are.
    func forEachBatch(
        of block: UnsafeRawBufferPointer,
        _ body: (_ found: UnsafeBufferPointer<hp_log_place>, _ base: UnsafeRawPointer) -> Void
    ) -> UInt64 {
        guard var base = block.baseAddress, let first = places.baseAddress else { return 0 }
        var left = block.count
        var lines: UInt64 = 0
        while left > 0 {
            let bytes = base.assumingMemoryBound(to: UInt8.self)
            let found = hp_log_scan(implementation, bytes, left, first, places.count)
            lines += UInt64(found.lines)
            body(UnsafeBufferPointer(rebasing: places[..<found.count]), base)
            base += found.scanned
            left -= found.scanned
        }
        return lines
    }
}
