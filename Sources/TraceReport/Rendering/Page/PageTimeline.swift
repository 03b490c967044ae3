import TraceLog

/// What requests did over time as a page holds it: for each of the busiest roots, how many calls took how long in each
/// window.
struct PageTimeline {
    private static let mostRoots = 6
    private static let mostWindows = 72
    /// A bucket's number is one digit in base 36.
    private static let mostRows = 36

    private let timeline: Timeline
    /// How many windows of the report stand in one of the page.
    private let merged: Int
    /// The roots with the most time.
    private let roots: [Timeline.FunctionSeries]

    init(_ timeline: Timeline) {
        self.timeline = timeline
        merged = max(1, (timeline.windowCount + Self.mostWindows - 1) / Self.mostWindows)
        let roots = timeline.functions.filter(\.isRoot)
        func total(_ series: Timeline.FunctionSeries) -> UInt64 {
            series.windows.reduce(0) { saturatingSum($0, $1.totalNanoseconds) }
        }
        let sorted = roots.map { (total($0), $0) }.sorted {
            $0.0 != $1.0 ? $0.0 > $1.0 : ($0.1.place.name, $0.1.place.line) < ($1.1.place.name, $1.1.place.line)
        }
        self.roots = sorted.prefix(Self.mostRoots).map(\.1).filter { $0.windows.contains { $0.count > 0 } }
    }

    /// Whether there is nothing to show.
    var isEmpty: Bool { roots.isEmpty || timeline.windowNanoseconds == 0 }

    /// Writes `"time":{"start","step" (milliseconds),"roots":[…]}`.
    ///
    /// Of a root, `cells` has a column for each window, with dots between: the digit of its lowest row, then one digit
    /// a row, 0 for no call, 1 + 2·log₂ of how many there were. Row r is of durations from 2^(low + r / perOctave)
    /// nanoseconds.
    func write(to json: inout JSONWriter, functions: inout PageFunctions) {
        guard !isEmpty else { return }
        json.object("time") { json in
            json.member("start", timeline.startWallNanoseconds / 1_000_000)
            json.member("step", Double(timeline.windowNanoseconds) * Double(merged) / 1e6)
            json.array("roots") { json in
                for root in roots {
                    let windows = mergedWindows(of: root)
                    json.object { json in
                        json.member("f", UInt64(functions.number(of: root.place)))
                        write(windows, to: &json)
                    }
                }
            }
        }
    }

    private func mergedWindows(of root: Timeline.FunctionSeries) -> [Timeline.Window] {
        stride(from: 0, to: root.windows.count, by: merged).map { first in
            var sum = root.windows[first]
            for window in root.windows[first..<min(first + merged, root.windows.count)].dropFirst() {
                sum.count = saturatingSum(sum.count, window.count)
                sum.errors = saturatingSum(sum.errors, window.errors)
                sum.durations.merge(window.durations)
            }
            return sum
        }
    }

    private func write(_ windows: [Timeline.Window], to json: inout JSONWriter) {
        func quantiles(_ share: Double) -> String {
            PackedNumbers.rounded(windows.map { UInt64($0.durations.quantile(share) ?? 0) })
        }
        json.member("count", PackedNumbers.rounded(windows.map(\.count)))
        json.member("errors", PackedNumbers.rounded(windows.map(\.errors)))
        json.member("p50", quantiles(0.5))
        json.member("p99", quantiles(0.99))
        let octaves = windows.flatMap { $0.durations.buckets.map { Self.quarterOctave(ofBucket: $0.bucket) } }
        let low = (octaves.min() ?? 0) / 4
        let span = (octaves.max() ?? 0) - low * 4 + 1
        let perOctave = span <= Self.mostRows ? 4 : span <= 2 * Self.mostRows ? 2 : 1
        json.member("low", UInt64(low))
        json.member("perOctave", UInt64(perOctave))
        json.member("rows", UInt64(min(Self.mostRows, (span * perOctave + 3) / 4)))
        let columns = windows.map { window in
            var cells: [Int: UInt64] = [:]
            for (bucket, occurrences) in window.durations.buckets {
                let row = (Self.quarterOctave(ofBucket: bucket) - low * 4) * perOctave / 4
                let shown = min(Self.mostRows - 1, row)
                cells[shown] = saturatingSum(cells[shown] ?? 0, occurrences)
            }
            return Self.column(cells)
        }
        json.member("cells", columns.joined(separator: "."))
    }

    private static func column(_ cells: [Int: UInt64]) -> String {
        guard let low = cells.keys.min(), let high = cells.keys.max() else { return "" }
        let levels = (low...high).map { row in cells[row].map { min(35, 1 + logarithm($0, perOctave: 2)) } ?? 0 }
        return PackedNumbers.text([low] + levels, width: 1)
    }

    private static func quarterOctave(ofBucket bucket: Int) -> Int {
        let range = DurationHistogram.range(ofBucket: bucket)
        return logarithm(range.lower + range.width / 2, perOctave: 4)
    }

    /// Returns ⌊steps · log₂ number⌋ for 2 or 4 steps; 0 for 0.
    private static func logarithm(_ number: UInt64, perOctave steps: Int) -> Int {
        let value = Double(max(1, number))
        let bounds = steps == 4 ? [1.189_207, 1.414_214, 1.681_793] : [1.414_214]
        return Int(value.exponent) * steps + bounds.count { value.significand >= $0 }
    }
}
