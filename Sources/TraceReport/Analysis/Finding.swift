/// A function worth fixing first, and what is known about why it takes its time.
struct Finding: Equatable {
    let function: FunctionSummary
    let nature: Nature
    /// How often a request calls it, where that is at least five times.
    let callsPerRequest: Double?

    /// What a function does in its own code.
    enum Nature: Equatable {
        /// It is on a CPU for this share of its own time, at least 0.7.
        case computes(Double)
        /// It is on a CPU for this share of its own time, at most 0.3.
        case waits(Double)
        /// Both, with this share on a CPU.
        case both(Double)
        /// It is async: time between its awaits may be computing or waiting.
        case unmeasured
    }

    init(_ function: FunctionSummary) {
        self.function = function
        if function.hasAsyncPaths || function.syncSelfNanoseconds == 0 {
            nature = .unmeasured
        } else {
            let share = min(1, Double(function.selfCPUNanoseconds) / Double(function.syncSelfNanoseconds))
            nature = share >= 0.7 ? .computes(share) : share <= 0.3 ? .waits(share) : .both(share)
        }
        let calls = function.rootCalls == 0 ? 0 : Double(function.count) / Double(function.rootCalls)
        callsPerRequest = calls >= 5 ? calls : nil
    }

    /// Returns up to three functions with the most time in their own code: the first, and others from 5 % on.
    static func first(of report: Report) -> [Finding] {
        report.functions.sorted(by: SortKey.selfTime.areInOrder).prefix(3).enumerated()
            .filter { $0.element.selfNanoseconds > 0 && ($0.offset == 0 || $0.element.share >= 0.05) }
            .map { Finding($0.element) }
    }
}
