import TraceLog

/// A number that a gate looks at, with what is known of its certainty.
struct MeasuredValue {
    /// In the gate's unit; nil where the log does not tell it.
    let number: Double?
    /// The number and its interval, in words.
    let words: String

    init(_ metric: Gate.Metric, of function: FunctionSummary, unit: Gate.Unit) {
        switch metric {
        case .total: self.init(nanoseconds: function.totalNanoseconds)
        case .selfTime where unit == .share: self.init(share: function.share, "of all self time")
        case .selfTime: self.init(nanoseconds: function.selfNanoseconds)
        case .cpu where unit == .share: self.init(function.cpuNanoseconds, of: function.totalNanoseconds)
        case .cpu: self.init(nanoseconds: function.cpuNanoseconds)
        case .wait where unit == .share: self.init(function.waitNanoseconds, of: function.totalNanoseconds)
        case .wait: self.init(nanoseconds: function.waitNanoseconds)
        case .p50: self.init(nanoseconds: function.p50Nanoseconds, function.p50Interval)
        case .p95: self.init(nanoseconds: function.p95Nanoseconds)
        case .p99: self.init(nanoseconds: function.p99Nanoseconds, function.p99Interval)
        case .max: self.init(nanoseconds: function.maximumNanoseconds)
        case .errors where unit == .share: self.init(errors: function.errors, of: function.count)
        case .errors: self.init(things: function.errors)
        case .count, .lost: self.init(things: function.count)
        }
    }

    /// Records that were lost, of those that were written.
    init(lostIn report: Report, unit: Gate.Unit) {
        let lost = report.inputs.reduce(0) { saturatingSum($0, $1.lost) }
        let all = saturatingSum(report.records, lost)
        if unit == .share, all > 0 {
            self.init(share: Double(lost) / Double(all), "of \(Quantity.counted(all, "record")) lost")
        } else {
            self.init(things: lost)
        }
    }

    private init(number: Double?, words: String) {
        self.number = number
        self.words = words
    }

    private init(nanoseconds: UInt64?, _ interval: ClosedRange<UInt64>? = nil) {
        var text = nanoseconds.map(Quantity.duration) ?? "not known"
        if let interval {
            let bounds = (Quantity.duration(interval.lowerBound), Quantity.duration(interval.upperBound))
            text += " (\(bounds.0) to \(bounds.1) in 95 of 100 cases)"
        }
        self.init(number: nanoseconds.map { Double($0) }, words: text)
    }

    private init(things: UInt64) {
        self.init(number: Double(things), words: Quantity.grouped(things))
    }

    private init(share: Double, _ what: String) {
        self.init(number: share, words: Quantity.finePercent(share) + " " + what)
    }

    private init(_ part: UInt64, of whole: UInt64) {
        guard whole > 0 else {
            self.init(number: nil, words: "not known")
            return
        }
        self.init(share: Double(part) / Double(whole), "of its time")
    }

    /// A share of independent calls, with Wilson's interval (Journal of the American Statistical Association 22, 1927).
    private init(errors: UInt64, of calls: UInt64) {
        guard calls > 0 else {
            self.init(number: nil, words: "not known")
            return
        }
        let (size, share, z) = (Double(calls), Double(errors) / Double(calls), 1.959964)
        let middle = (share + z * z / (2 * size)) / (1 + z * z / size)
        let reach = z / (1 + z * z / size) * (share * (1 - share) / size + z * z / (4 * size * size)).squareRoot()
        let bounds = [max(0, middle - reach), min(1, middle + reach)].map(Quantity.finePercent)
        let words =
            "\(Quantity.finePercent(share)) of \(Quantity.counted(calls, "call")) "
            + "(\(bounds[0]) to \(bounds[1]) in 95 of 100 cases)"
        self.init(number: share, words: words)
    }
}
