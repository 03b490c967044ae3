import Testing

@testable import Redness

@Suite("The dominant patch of red")
struct RedPatchesTests {
    /// The box of a picture that is drawn in cells: each `#` is a cell all red.
    static func box(_ drawing: [String], lastColumns: Int = 8, lastRows: Int = 8) -> PictureBox? {
        let columns = drawing[0].count
        var patches = RedPatches(width: (columns - 1) * 8 + lastColumns)
        for (index, line) in drawing.enumerated() {
            let rows = index == drawing.count - 1 ? lastRows : 8
            let counts = line.enumerated().map { column, cell -> UInt64 in
                cell == "#" ? UInt64(rows * (column == columns - 1 ? lastColumns : 8)) : 0
            }
            counts.withUnsafeBufferPointer { patches.add($0, rows: rows) }
        }
        patches.finish()
        return patches.dominant?.box
    }

    @Test("shapes are one patch where they touch, at corners too")
    func shapes() {
        #expect(Self.box(["...", "..."]) == nil)
        #expect(Self.box(["#..", ".#."]) == PictureBox(x: 0, y: 0, width: 16, height: 16))
        #expect(Self.box(["#.#.#", "#####"]) == PictureBox(x: 0, y: 0, width: 40, height: 16))
        #expect(Self.box(["#####", "#...#", "#.#.#"]) == PictureBox(x: 0, y: 0, width: 40, height: 24))
        #expect(Self.box(["..#..", ".#.#.", "#...#", ".###."]) == PictureBox(x: 0, y: 0, width: 40, height: 32))
        // Joined only by the last row, through two others.
        #expect(
            Self.box(["#.#.#.#", "#.#.#.#", "###.###", "..###.."]) == PictureBox(x: 0, y: 0, width: 56, height: 32))
    }

    @Test("the patch of most red pixels is it; of equals the upper one, then the left one")
    func choice() {
        #expect(Self.box(["#..##", "....."]) == PictureBox(x: 24, y: 0, width: 16, height: 8))
        #expect(Self.box(["....#", "#...."]) == PictureBox(x: 32, y: 0, width: 8, height: 8))
        #expect(Self.box(["#...#"]) == PictureBox(x: 0, y: 0, width: 8, height: 8))
    }

    @Test("cells at the right and lower edge are smaller")
    func edges() {
        #expect(Self.box(["..#"], lastColumns: 3, lastRows: 5) == PictureBox(x: 16, y: 0, width: 3, height: 5))
        #expect(Self.box(["#"], lastColumns: 1, lastRows: 1) == PictureBox(x: 0, y: 0, width: 1, height: 1))
    }

    @Test("a cell is red from half of its pixels on")
    func half() {
        func isRed(_ count: UInt64) -> Bool {
            var patches = RedPatches(width: 8)
            [count].withUnsafeBufferPointer { patches.add($0, rows: 8) }
            patches.finish()
            return patches.dominant != nil
        }
        #expect(!isRed(31))
        #expect(isRed(32))
    }

    @Test("random cells give the patch that a flood fill finds", arguments: 1...200 as ClosedRange<UInt64>)
    func flood(seed: UInt64) {
        let bytes = RedCounterTests.random(seed, count: 2000)
        let columns = 1 + Int(bytes[0]) % 40
        let rows = 1 + Int(bytes[1]) % 30
        // From sparse to dense: around half the cells patches wind about each other.
        let density = UInt8(40 + seed % 6 * 25)
        let cells = (0..<rows).map { row in
            (0..<columns).map {
                bytes[2 + row * columns + $0] < density ? UInt64(32 + bytes[row * columns + $0] % 33) : 0
            }
        }
        var patches = RedPatches(width: columns * 8)
        for row in cells { row.withUnsafeBufferPointer { patches.add($0, rows: 8) } }
        patches.finish()
        #expect(patches.dominant?.box == Self.flooded(cells), "seed \(seed)")
    }

    private static func flooded(_ cells: [[UInt64]]) -> PictureBox? {
        var isSeen = cells.map { $0.map { $0 == 0 } }
        var best: (red: UInt64, box: PictureBox)?
        for row in cells.indices {
            for column in cells[row].indices where !isSeen[row][column] {
                var waiting = [(row, column)]
                isSeen[row][column] = true
                var red: UInt64 = 0
                var (top, bottom, left, right) = (row, row, column, column)
                while let (y, x) = waiting.popLast() {
                    red += cells[y][x]
                    (top, bottom, left, right) = (min(top, y), max(bottom, y), min(left, x), max(right, x))
                    for near in max(0, y - 1)...min(cells.count - 1, y + 1) {
                        for beside in max(0, x - 1)...min(cells[0].count - 1, x + 1) where !isSeen[near][beside] {
                            isSeen[near][beside] = true
                            waiting.append((near, beside))
                        }
                    }
                }
                let box = PictureBox(
                    x: left * 8, y: top * 8, width: (right - left + 1) * 8, height: (bottom - top + 1) * 8)
                let isBetter = best.map { (red, $0.box.y, $0.box.x) > ($0.red, box.y, box.x) } ?? true
                if isBetter { best = (red, box) }
            }
        }
        return best?.box
    }
}
