/// The longest common subsequence of two short sequences, 64 cells of the table an instruction.
///
/// Exact. Time and memory are `rows * ceil(columns / 64)` words. After H. Hyyrö, "Bit-parallel LCS-length
/// computation revisited" (2004): bit `i` of a row is clear where the length grows from column `i - 1` to `i`.
struct BitParallelComparison: ~Copyable {
    private var maskMemory = WorkMemory<UInt64>()
    private var tableMemory = WorkMemory<UInt64>()

    /// Calls `matched` with the column and the row of each pair, last pair first. Overwrites `index`.
    mutating func compare<Element: FixedWidthInteger & UnsignedInteger>(
        columns: UnsafeBufferPointer<Element>, rows: UnsafeBufferPointer<Element>, index: inout HashIndex,
        matched: (Int, Int) -> Void
    ) {
        let words = (columns.count + 63) / 64
        let masks = maskMemory.reserve(columns.count * words)
        let table = tableMemory.reserve((rows.count + 1) * words)
        Self.fillMasks(masks, words, columns, &index)
        table.update(repeating: .max, count: words)
        if words == 1 {
            Self.fillWords(table, masks, rows, index)
        } else {
            Self.fillTable(table, masks, words, rows, index)
        }
        Self.trace(table + words, words, columns: columns.count, rows: rows.count, matched)
    }

    /// A mask for each different element: the columns that hold it.
    private static func fillMasks<Element: FixedWidthInteger & UnsignedInteger>(
        _ masks: UnsafeMutablePointer<UInt64>, _ words: Int, _ columns: UnsafeBufferPointer<Element>,
        _ index: inout HashIndex
    ) {
        index.reset(keys: columns.count)
        var different = 0
        for column in 0..<columns.count {
            let key = UInt64(truncatingIfNeeded: columns[column])
            let slot = index.slot(of: key)
            if index.entries[slot].first == HashIndex.none {
                let first = UInt32(truncatingIfNeeded: different)
                index.entries[slot] = HashIndex.Entry(key: key, first: first, second: 0)
                (masks + different &* words).update(repeating: 0, count: words)
                different &+= 1
            }
            let mask = masks + Int(index.entries[slot].first) &* words
            mask[column >> 6] |= 1 &<< UInt64(truncatingIfNeeded: column)
        }
    }

    /// The rows of a table one word wide.
    private static func fillWords<Element: FixedWidthInteger & UnsignedInteger>(
        _ table: UnsafeMutablePointer<UInt64>, _ masks: UnsafePointer<UInt64>,
        _ rows: UnsafeBufferPointer<Element>, _ index: borrowing HashIndex
    ) {
        var value = UInt64.max
        for row in 0..<rows.count {
            let slot = index.slot(of: UInt64(truncatingIfNeeded: rows[row]))
            let ordinal = index.entries[slot].first
            if ordinal != HashIndex.none {
                let mask = masks[Int(ordinal)]
                value = (value &+ (value & mask)) | (value & ~mask)
            }
            table[row &+ 1] = value
        }
    }

    /// The rows of a table of several words, whose additions carry from word to word.
    private static func fillTable<Element: FixedWidthInteger & UnsignedInteger>(
        _ table: UnsafeMutablePointer<UInt64>, _ masks: UnsafePointer<UInt64>, _ words: Int,
        _ rows: UnsafeBufferPointer<Element>, _ index: borrowing HashIndex
    ) {
        for row in 0..<rows.count {
            let (above, current) = (table + row &* words, table + (row &+ 1) &* words)
            let slot = index.slot(of: UInt64(truncatingIfNeeded: rows[row]))
            let ordinal = index.entries[slot].first
            if ordinal == HashIndex.none {
                current.update(from: above, count: words)
                continue
            }
            let mask = masks + Int(ordinal) &* words
            var carry: UInt64 = 0
            for word in 0..<words {
                let value = above[word]
                let (sum, overflow) = value.addingReportingOverflow(value & mask[word])
                let (total, carried) = sum.addingReportingOverflow(carry)
                carry = overflow || carried ? 1 : 0
                current[word] = total | (value & ~mask[word])
            }
        }
    }

    /// Walks from the last cell to the first. The row before `table` is all ones.
    private static func trace(
        _ table: UnsafePointer<UInt64>, _ words: Int, columns: Int, rows: Int, _ matched: (Int, Int) -> Void
    ) {
        var column = columns &- 1
        var row = rows &- 1
        while column >= 0, row >= 0 {
            let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: column)
            let cell = table + (row &* words &+ column >> 6)
            if cell.pointee & bit != 0 {
                column &-= 1
            } else {
                // Growth that the row above does not have is a match: the two elements are equal.
                if cell[-words] & bit != 0 {
                    matched(column, row)
                    column &-= 1
                }
                row &-= 1
            }
        }
    }
}
