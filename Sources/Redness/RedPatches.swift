import CImageCodecs

/// Finds a picture's dominant patch of red, a row of cells at a time: see ``PictureMeasurement/redBox``.
///
/// Runs of red cells are joined to the runs of the row above that they touch; patches that no run goes on with are finished,
/// and only the largest of these is kept. (Connected components in one pass; the memory is that of two rows of runs.)
struct RedPatches {
    /// Columns and rows of a cell.
    static let cellSide = Int(IC_CELL)

    /// Cells that touch.
    struct Patch: Equatable {
        /// Red pixels in them.
        var redPixels: Int
        /// Columns and rows of pixels.
        var columns: Range<Int>
        var rows: Range<Int>

        var box: PictureBox {
            PictureBox(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        }

        fileprivate mutating func join(_ other: Patch) {
            redPixels += other.redPixels
            columns =
                min(columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound)
            rows = min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound)
        }

        /// More red pixels; of equals the one that begins further up, then further left.
        fileprivate func dominates(_ other: Patch) -> Bool {
            (-redPixels, rows.lowerBound, columns.lowerBound)
                < (-other.redPixels, other.rows.lowerBound, other.columns.lowerBound)
        }
    }

    /// Neighbouring red cells of a row.
    private struct Run {
        let cells: Range<Int>
        /// Of the patch in ``open``.
        var patch: Int
    }

    private let width: Int
    private var row = 0
    private var above: [Run] = []
    /// Patches that have cells in the last row.
    private var open: [Patch] = []
    /// The largest patch that is finished.
    private(set) var dominant: Patch?

    /// Patches of a picture of a width.
    init(width: Int) {
        self.width = width
    }

    /// Takes the next row of cells: how many pixels are red in each, of `rows` rows of pixels.
    mutating func add(_ counts: UnsafeBufferPointer<UInt64>, rows: Int) {
        var runs: [Run] = []
        // Where each patch has gone that was joined to another one.
        var target = Array(open.indices)
        let columns = (width + Self.cellSide - 1) / Self.cellSide
        // At least half of a cell's pixels are red; the last cell may be narrower.
        let enough = UInt64((Self.cellSide * rows + 1) / 2)
        let enoughInLast = UInt64(((width - (columns - 1) * Self.cellSide) * rows + 1) / 2)
        func isRed(_ column: Int) -> Bool { counts[column] >= (column < columns - 1 ? enough : enoughInLast) }
        var column = 0
        var next = above.startIndex
        while true {
            while column < columns, !isRed(column) { column += 1 }
            guard column < columns else { break }
            let first = column
            var redPixels = 0
            while column < columns, isRed(column) {
                redPixels += Int(counts[column])
                column += 1
            }
            let patch = open.count
            target.append(patch)
            open.append(
                Patch(
                    redPixels: redPixels, columns: first * Self.cellSide..<min(column * Self.cellSide, width),
                    rows: row..<row + rows))
            // Corners touch, too. The last run above may touch the next one here as well.
            while next < above.endIndex, above[next].cells.upperBound < first { next += 1 }
            var touching = next
            while touching < above.endIndex, above[touching].cells.lowerBound <= column {
                join(above[touching].patch, patch, &target)
                touching += 1
            }
            runs.append(Run(cells: first..<column, patch: patch))
        }
        row += rows
        close(&runs, target)
        above = runs
    }

    /// After the last row.
    mutating func finish() {
        open.forEach { keep($0) }
        open = []
    }

    private func root(_ patch: Int, _ target: [Int]) -> Int {
        var patch = patch
        while target[patch] != patch { patch = target[patch] }
        return patch
    }

    private mutating func join(_ first: Int, _ second: Int, _ target: inout [Int]) {
        let from = root(first, target)
        let to = root(second, target)
        guard from != to else { return }
        open[to].join(open[from])
        target[from] = to
        target[first] = to
    }

    /// Keeps those patches open that the row's runs belong to.
    private mutating func close(_ runs: inout [Run], _ target: [Int]) {
        var place = [Int](repeating: -1, count: open.count)
        var stillOpen: [Patch] = []
        for index in runs.indices {
            let root = root(runs[index].patch, target)
            if place[root] < 0 {
                place[root] = stillOpen.count
                stillOpen.append(open[root])
            }
            runs[index].patch = place[root]
        }
        for patch in open.indices where target[patch] == patch && place[patch] < 0 { keep(open[patch]) }
        open = stillOpen
    }

    private mutating func keep(_ patch: Patch) {
        guard let largest = dominant, !patch.dominates(largest) else {
            dominant = patch
            return
        }
    }
}
