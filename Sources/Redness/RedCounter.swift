import CImageCodecs

/// Counts a picture's pixels, row by row from its top: what is red, see ``PictureMeasurement/redPixels``, the components' sums,
/// sectors of hue, and where red lies. Its memory grows with the width alone.
package struct RedCounter: ~Copyable {
    /// How the counting is done. All kinds count the same.
    package enum Kind: CaseIterable {
        case plain, avx2, avx512, neon

        /// Whether this processor has it.
        package var isAvailable: Bool { ic_tally_has(tallyKind) != 0 }

        fileprivate var tallyKind: ic_tally_kind {
            switch self {
            case .plain: IC_TALLY_PLAIN
            case .avx2: IC_TALLY_AVX2
            case .avx512: IC_TALLY_AVX512
            case .neon: IC_TALLY_NEON
            }
        }
    }

    private let kind: ic_tally_kind
    private let width: Int
    /// 3: R, G, B; 4: R, G, B, alpha.
    private let channels: Int
    private var row = 0
    private var tally = ic_tally()
    private var patches: RedPatches
    /// How many pixels are red in each cell of the current row of cells.
    private let cells: UnsafeMutableBufferPointer<UInt64>

    /// Makes a counter for rows of a width, counting in a given way or the quickest that this processor has.
    package init(width: Int, channels: Int, kind: Kind? = nil) {
        self.kind = kind?.tallyKind ?? ic_tally_best()
        self.width = width
        self.channels = channels
        patches = RedPatches(width: width)
        cells = .allocate(capacity: ic_tally_cells(width))
        cells.initialize(repeating: 0)
    }

    deinit {
        cells.deallocate()
    }

    /// Counts the next `count` rows, `stride` bytes from one to the next.
    package mutating func count(rows pixels: UnsafePointer<UInt8>, stride: Int, count: Int) {
        var pixels = pixels
        var left = count
        while left > 0 {
            let rows = min(left, RedPatches.cellSide - row % RedPatches.cellSide)
            ic_tally_rows(
                kind, &tally, pixels, stride, UInt32(width), UInt32(rows), UInt32(channels), cells.baseAddress)
            row += rows
            if row % RedPatches.cellSide == 0 { endCells(rows: RedPatches.cellSide) }
            pixels += rows * stride
            left -= rows
        }
    }

    /// After the last row.
    package mutating func finish() {
        if row % RedPatches.cellSide > 0 { endCells(rows: row % RedPatches.cellSide) }
        patches.finish()
    }

    private mutating func endCells(rows: Int) {
        patches.add(UnsafeBufferPointer(cells), rows: rows)
        cells.update(repeating: 0)
    }

    /// Red pixels.
    package var redPixels: Int { Int(tally.red) }

    /// Pixels that count: all, or with alpha those of 128 and above.
    var pixels: Int { Int(tally.pixels) }

    /// The components' sums over the pixels that count.
    package var sums: (red: Int, green: Int, blue: Int) { (Int(tally.sums.0), Int(tally.sums.1), Int(tally.sums.2)) }

    /// The dominant patch, in the rows counted.
    package var redBox: PictureBox? { patches.dominant?.box }

    /// Which hues there are.
    package var hueSectors: HueSectors {
        let primary = (red: Int(tally.largest.0), green: Int(tally.largest.1))
        // Of the others the smallest component stands out: the hue is its complement's.
        let secondary = (
            cyan: Int(tally.outstanding.0) - primary.red, magenta: Int(tally.outstanding.1) - primary.green
        )
        let coloured = Int(tally.coloured)
        let primaries = Int(tally.primary)
        func share(_ count: Int) -> Int { PictureMeasurement.share(count, of: pixels, times: 1_000_000) }
        return HueSectors(
            red: share(primary.red), yellow: share(coloured - primaries - secondary.cyan - secondary.magenta),
            green: share(primary.green), cyan: share(secondary.cyan),
            blue: share(primaries - primary.red - primary.green), magenta: share(secondary.magenta),
            colourless: share(pixels - coloured))
    }
}
