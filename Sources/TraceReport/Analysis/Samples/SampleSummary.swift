import TraceLog

/// What samplers of stacks saw, over all sessions.
///
/// A sample stands for one period of its sampler, on a processor or waiting: counts of samples compare with each other,
/// and are never added to the time of spans.
public struct SampleSummary: Sendable, Equatable {
    /// Which samples were taken; the others are in ``taken`` alone.
    public var selection = SampleSelection()
    /// All samples, by span and function.
    public var tree = SampleTree()
    /// Functions by how often a thread was seen on a processor in them.
    public var onCPU = SampleGroup()
    /// Functions by how often a thread was seen waiting in them.
    public var offCPU = SampleGroup()
    /// The same for each span's own code, that is samples in which it was the innermost span; most samples first.
    public var spans: [SpanSamples] = []
    /// All samples, those not selected included, but for ``unkept``.
    public var taken: UInt64 = 0
    /// Samples in no span.
    public var outsideSpans = SampleCounts()
    /// Periods that could not be sampled: the thread blocked the signal, or had no timer.
    public var unsampled: UInt64 = 0
    /// Samples whose outermost frames are missing.
    public var cut: UInt64 = 0
    /// Samples of tasks whose callers are not known for certain: functions on the thread's stack only.
    public var physicalOnly: UInt64 = 0
    /// Samples without a stack.
    public var withoutStack: UInt64 = 0
    /// Samples that the program had no room to keep apart.
    public var unkept: UInt64 = 0

    /// Whether there is anything to say.
    public var isEmpty: Bool { tree.total.all == 0 && unsampled == 0 && unkept == 0 }

    /// Returns what was seen in the own code of a function of the ranking; nil: nothing.
    func inside(_ function: FunctionSummary) -> SpanSamples? {
        spans.first {
            $0.span.name == function.name && $0.span.function == function.function && $0.span.file == function.file
                && $0.span.line == function.line
        }
    }
}

/// Samples of a span's own code.
public struct SpanSamples: Sendable, Equatable {
    /// The span.
    public var span: SampleFrame
    /// Those of threads on a processor.
    public var onCPU = SampleGroup()
    /// Those of threads that waited.
    public var offCPU = SampleGroup()
}

/// Samples, by the function that they ended in.
public struct SampleGroup: Sendable, Equatable {
    /// How many.
    public var samples: UInt64 = 0
    /// The functions, most samples first.
    public var functions: [HotFunction] = []
    /// The shortest stack that ends in the first function, outermost first, without spans.
    public var example: [SampleFrame] = []
}

/// A function that samples ended in.
public struct HotFunction: Sendable, Equatable {
    /// The function. For threads that waited: the innermost one outside of the C library, where there is one.
    public var frame: SampleFrame
    /// What was waited for; empty on a processor.
    public var what = ""
    /// Samples that ended in it.
    public var own: UInt64 = 0
    /// Those and the ones in what it called. Recursion counts once. On a processor and over all spans only, else ``own``.
    public var total: UInt64 = 0
    /// The lines of ``SampleFrame/file`` that samples ended in, most samples first; empty where no debug information tells them.
    public var lines: [HotLine] = []
}

/// A line of code that samples ended in.
public struct HotLine: Sendable, Equatable {
    /// The line, from 1.
    public var line: UInt64
    /// Samples that ended in it.
    public var samples: UInt64
}

/// Between which bounds a share lies that was estimated from samples.
public struct ShareInterval: Sendable, Equatable {
    /// The lower bound, 0…1.
    public let lower: Double
    /// The upper bound, 0…1.
    public let upper: Double

    /// The 95 % interval of Wilson for `part` of `whole` samples, taken as independent of each other.
    /// Source: E. B. Wilson, Probable inference, Journal of the American Statistical Association 22 (1927), 209–212.
    public init(part: UInt64, of whole: UInt64) {
        guard whole > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let count = Double(whole)
        let share = min(1, Double(part) / count)
        let squared = 1.96 * 1.96
        let centre = share + squared / (2 * count)
        let spread = 1.96 * (share * (1 - share) / count + squared / (4 * count * count)).squareRoot()
        lower = part == 0 ? 0 : max(0, (centre - spread) / (1 + squared / count))
        upper = part >= whole ? 1 : min(1, (centre + spread) / (1 + squared / count))
    }

    /// The 95 % interval for `looks` that found something, independently of each other, where `most` would be a share of 1: the
    /// score interval of a Poisson count.
    init(looks: Double, of most: Double) {
        let centre = looks + 1.96 * 1.96 / 2
        let spread = 1.96 * (looks + 1.96 * 1.96 / 4).squareRoot()
        lower = looks == 0 || most <= 0 ? 0 : min(1, (centre - spread) / most)
        upper = most <= 0 ? 1 : min(1, (centre + spread) / most)
    }
}
