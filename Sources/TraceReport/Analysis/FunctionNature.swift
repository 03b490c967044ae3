import TraceLog

/// What a function does in its own code: whether it computes or waits, and for what.
///
/// Of sync functions the recorder knows on-CPU time. What is neither that nor waiting is being ready without a processor to run
/// on, which says nothing about the function: where threads were looked at (`HOOFPRINT_WAITS`), it is left out of the reckoning.
/// Of async functions on-CPU time is estimated from stack samples (`HOOFPRINT_SAMPLE`), where there are some.
public struct FunctionNature: Sendable, Equatable {
    /// What it does.
    public enum Kind: String, Sendable {
        /// It computes for at least 0.7 of the time that it computes or waits.
        case computes
        /// It computes for at most 0.3 of it.
        case waits
        /// Both.
        case both
        /// It is async, and suspended for the most part, as far as is known.
        case awaits
        /// It is async, and too few samples were taken to tell which: the interval of ``FunctionNature/onCPU`` goes from below
        /// 0.3 to above 0.7.
        case unsure
    }

    /// What it does.
    public let kind: Kind
    /// What it does most likely: never ``Kind/unsure``.
    let likely: Kind
    /// The share of its own time that it is on a processor, 0…1; of an async function an estimate, nil where there is none.
    public let onCPU: Double?
    /// Where ``onCPU`` is an estimate: its 95 % interval.
    public let onCPUInterval: ShareInterval?
    /// What it waits for most, as looks at its threads found it: `lock`, `disk`; nil where that is not known.
    public let waitsFor: String?
    /// Whether ``onCPU`` is an estimate.
    public var isEstimated: Bool { onCPUInterval != nil }

    /// Fewer looks, or periods of the sampler in its own time, than this say too little.
    static let fewest: UInt64 = 20

    /// From which share of its time on a function computes, and up to which one it does not.
    private static let mostlyComputes = 0.7
    private static let hardlyComputes = 0.3

    /// How often the kernel looks whether a thread's timer of processor time has run out, nanoseconds: at 250 Hz, as Debian's and
    /// most others' kernels do.
    private static let tick = 4_000_000.0

    /// What a sync function does.
    init(ofSync function: FunctionSummary) {
        let share = Self.share(Double(function.selfCPUNanoseconds), of: function.syncSelfNanoseconds)
        let looks = function.waits.reduce(0) { saturatingSum($0, $1.looks) }
        let waits = function.waits.filter { $0.what != "running" }
        let waiting = waits.reduce(0) { saturatingSum($0, $1.looks) }
        var computing = share
        if looks >= Self.fewest {
            let waitingShare = Double(waiting) / Double(looks)
            if share + waitingShare > 0 { computing = share / (share + waitingShare) }
        }
        kind = Self.kind(computing, otherwise: .waits)
        likely = kind
        onCPU = share
        onCPUInterval = nil
        waitsFor = kind == .computes ? nil : Self.main(of: waits, waiting)
    }

    /// What an async function does.
    ///
    /// - Parameters:
    ///   - samples: How often it was seen on a processor in its own code.
    ///   - period: What a sample stands for on a processor, nanoseconds; nil: not known.
    init(ofAsync function: FunctionSummary, samples: UInt64, period: Double?) {
        waitsFor = nil
        guard let period, Double(function.selfNanoseconds) >= Double(Self.fewest) * period else {
            (kind, likely, onCPU, onCPUInterval) = (.awaits, .awaits, nil, nil)
            return
        }
        let share = Self.share(Double(samples) * period, of: function.selfNanoseconds)
        // A sampler that is quicker than the tick counts what it missed with the next sample: these are one look.
        let look = max(period, Self.tick)
        let interval = ShareInterval(
            looks: Double(samples) * period / look, of: Double(function.selfNanoseconds) / look)
        likely = Self.kind(share, otherwise: .awaits)
        kind = interval.lower < Self.hardlyComputes && interval.upper > Self.mostlyComputes ? .unsure : likely
        (onCPU, onCPUInterval) = (share, interval)
    }

    private static func share(_ nanoseconds: Double, of all: UInt64) -> Double {
        all == 0 ? 0 : min(1, nanoseconds / Double(all))
    }

    private static func kind(_ computing: Double, otherwise: Kind) -> Kind {
        computing >= mostlyComputes ? .computes : computing <= hardlyComputes ? otherwise : .both
    }

    /// What most of the waits are for, if it is more than half of them for certain.
    private static func main(of waits: [FunctionSummary.Wait], _ all: UInt64) -> String? {
        guard let most = waits.first, !["waiting", "unknown"].contains(most.what) else { return nil }
        return ShareInterval(part: most.looks, of: all).lower > 0.5 ? most.what : nil
    }
}

/// What the functions of a report do.
struct FunctionNatures {
    private let period: Double?
    private let samples: [FunctionPlace: UInt64]

    init(_ report: Report) {
        var samples: [FunctionPlace: UInt64] = [:]
        for span in report.samples.spans {
            let place = FunctionPlace(
                name: span.span.name, function: span.span.function, file: span.span.file, line: span.span.line)
            samples[place] = span.onCPU.samples
        }
        self.samples = samples
        period = Self.period(of: report, samples)
    }

    /// Returns what a function does.
    func nature(of function: FunctionSummary) -> FunctionNature {
        guard function.hasAsyncPaths || function.syncSelfNanoseconds == 0 else {
            return FunctionNature(ofSync: function)
        }
        return FunctionNature(ofAsync: function, samples: samples[function.place] ?? 0, period: period)
    }

    /// What a sample of a thread on a processor stands for, nanoseconds: in sync functions both samples and on-CPU time are
    /// known. Nil where there are too few of these samples, or some were left out.
    private static func period(of report: Report, _ samples: [FunctionPlace: UInt64]) -> Double? {
        let selection = report.samples.selection
        guard selection.function == nil, selection.threads != .offCPU else { return nil }
        var known: UInt64 = 0
        var nanoseconds: UInt64 = 0
        for function in report.functions where !function.hasAsyncPaths {
            known = saturatingSum(known, samples[function.place] ?? 0)
            nanoseconds = saturatingSum(nanoseconds, function.selfCPUNanoseconds)
        }
        return known >= 100 ? Double(nanoseconds) / Double(known) : nil
    }
}
