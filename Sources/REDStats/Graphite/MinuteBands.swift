/// A client's pictures of a minute, by how red they are, in tenths.
///
/// A band has what is redder than its lower bound and not redder than its upper one; the first also has what is not
/// red at all. So what is above 30 % is the sum of the bands from `30-40` on, as ``StatsStore/count(_:)`` has it.
package struct MinuteBands: Sendable, Equatable {
    /// The minute, counted from 1970.
    package let minute: Int64
    /// How many pictures.
    package let images: Int
    /// How many in each band.
    package let bands: [Int]

    /// The bands' names in those of metrics: `00-10`…`90-100`.
    package static let names = (0..<10).map { $0 == 0 ? "00-10" : "\($0)0-\($0 + 1)0" }

    /// The bounds between bands, in parts per million.
    static let bounds = (1..<names.count).map { $0 * 100_000 }

    /// - Parameter above: How many are above each bound, in the bounds' order.
    init(minute: Int64, images: Int, above: [Int]) {
        self.minute = minute
        self.images = images
        bands = zip([images] + above, above + [0]).map(-)
    }

    /// Appends them as lines of carbon's text protocol: a metric's name, its value, and when, in seconds.
    func write(_ metric: String, to lines: inout [UInt8]) {
        let end = " \(minute * 60)\n"
        lines += "\(metric).images \(images)\(end)".utf8
        for (name, count) in zip(Self.names, bands) { lines += "\(metric).red.\(name) \(count)\(end)".utf8 }
    }

    /// How many lines ``write(_:to:)`` appends.
    static let lineCount = names.count + 1
}
