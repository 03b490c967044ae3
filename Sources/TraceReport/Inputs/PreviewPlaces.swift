import TraceLog

/// Stretches of logs, evenly spread, to tell by what is in all of them.
struct PreviewPlaces: Equatable {
    /// A stretch of a log.
    struct Place: Equatable, Sendable {
        /// Which of the logs.
        let log: Int
        let range: LogRange
    }

    private let sizes: [UInt64]
    private let total: UInt64
    /// How many stretches of each log are read in a round, the first at its beginning.
    private let counts: [UInt64]
    /// How long a stretch is, bytes.
    let bytes: UInt64

    /// In how many places is looked at a time.
    static let count = 64
    /// What is read in them together.
    static let sampleBytes: UInt64 = 64 << 20
    /// Smaller logs are read whole about as soon.
    static let minimumTotal: UInt64 = 256 << 20
    /// So many logs, each with its own names, take too long even to look at.
    static let maximumLogs = 256

    /// Spreads places over logs of these sizes in bytes; nil: there is too little in them, or there are too many.
    init?(_ sizes: [UInt64]) {
        total = sizes.reduce(0) { saturatingSum($0, $1) }
        guard total >= Self.minimumTotal, sizes.count <= Self.maximumLogs else { return nil }
        self.sizes = sizes
        let total = Double(total)
        // Names stand at the beginning of a log, the newest counters at its end.
        counts = sizes.map { size in
            UInt64(max(2, (Double(size) / total * Double(Self.count)).rounded()))
        }
        bytes = Self.sampleBytes / counts.reduce(0, +)
    }

    /// Returns the places of a round, in order: those of the first have the logs' beginnings and ends among them, those of the
    /// next lie between them. No two overlap; nil: there is no room for more.
    func round(_ round: Int) -> [Place]? {
        // 0, then 1/2, then 1/4 and 3/4, then eighths: of van der Corput's sequence in base 2.
        var (phase, number, digit) = (0.0, round, 0.5)
        while number > 0 {
            phase += Double(number & 1) * digit
            (number, digit) = (number >> 1, digit / 2)
        }
        // Two places of different rounds are at least twice this apart.
        let step = Double(total) / Double(counts.reduce(0, +))
        guard round == 0 || step * digit > Double(bytes) else { return nil }
        return sizes.indices.flatMap { log in places(ofLog: log, phase) }
    }

    private func places(ofLog log: Int, _ phase: Double) -> [Place] {
        let (size, count) = (sizes[log], counts[log])
        guard size > count * bytes else {
            return phase == 0 && size > 0 ? [Place(log: log, range: LogRange(start: 0, end: size))] : []
        }
        let step = Double(size - bytes) / Double(count - 1)
        return (0..<count).compactMap { number in
            let start = UInt64((Double(number) + phase) * step)
            guard start + bytes <= size else { return nil }
            return Place(log: log, range: LogRange(start: start, end: start + bytes))
        }
    }
}
