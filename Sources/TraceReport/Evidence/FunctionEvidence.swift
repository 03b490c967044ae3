import TraceLog

/// What was found beside the log about a function.
public struct FunctionEvidence: Sendable, Equatable {
    /// The function.
    public var place: FunctionPlace
    /// Calls of it that were watched, and their time; none of an async function, whose threads are not known.
    public var watched = Evidence.Amount()
    /// Their time that no further sync span of their thread covers, nanoseconds.
    public var ownNanoseconds: UInt64 = 0
    /// What was done, in all that it called, too: what took the most time first.
    public var activities: [Activity] = []

    /// Something that was done while a function ran.
    public struct Activity: Sendable, Equatable {
        /// What.
        public var activity: ThreadEvent.Activity
        /// How often, and how long, with what the function called.
        public var amount = Evidence.Amount()
        /// Of that what was done while the function was the innermost that was open.
        public var own = Evidence.Amount()
        /// The longest part of one event, nanoseconds.
        public var maximumNanoseconds: UInt64 = 0
        /// How it failed, most frequent first.
        public var errors: [FunctionSummary.ErrorType] = []
    }
}

/// Adds up what was found, function by function.
struct EvidenceTotals {
    private let evidence: Evidence
    private var totals: [Int: Totals] = [:]

    private struct Totals {
        var watched = Evidence.Amount()
        var ownNanoseconds: UInt64 = 0
        var all: [ThreadEvent.Activity: ActivityTotals] = [:]
        var own: [ThreadEvent.Activity: Evidence.Amount] = [:]
    }

    init(_ evidence: Evidence) {
        self.evidence = evidence
    }

    /// Adds what was found of a session's paths. A path's activities are those of its function, and of each that is above it, once.
    mutating func add(_ paths: SessionPaths) {
        guard let found = evidence.paths[paths.session.tag] else { return }
        var above: [Int] = []
        paths.walk { step in
            switch step {
            case .enter(let path):
                let function = paths.functions[path]
                if let here = found[paths.tree.ids[path]] { add(here, function, above) }
                above.append(function)
            case .leave: above.removeLast()
            }
        }
    }

    private mutating func add(_ path: PathEvidence, _ function: Int, _ above: [Int]) {
        // Recursion counts once: in the outermost call.
        if !above.contains(function) {
            totals[function, default: Totals()].watched.add(path.spans.count, path.spans.nanoseconds)
        }
        let own = totals[function]?.ownNanoseconds ?? 0
        totals[function, default: Totals()].ownNanoseconds = saturatingSum(own, path.ownNanoseconds)
        // Programs have at most 128 spans open on a thread; a forged table may have thousands.
        let functions = Set(above.suffix(256) + [function])
        for (activity, total) in path.activities {
            totals[function, default: Totals()].own[activity, default: .init()]
                .add(total.amount.count, total.amount.nanoseconds)
            for function in functions {
                totals[function, default: Totals()].all[activity, default: ActivityTotals()].add(total)
            }
        }
    }

    /// Returns the functions of which anything was found, by place.
    consuming func finished(_ functions: FunctionTable) -> [FunctionEvidence] {
        totals.map { function, totals in
            var evidence = FunctionEvidence(place: functions.places[function])
            evidence.watched = totals.watched
            evidence.ownNanoseconds = totals.ownNanoseconds
            evidence.activities = totals.all.map { activity, total in
                FunctionEvidence.Activity(
                    activity: activity, amount: total.amount, own: totals.own[activity] ?? .init(),
                    maximumNanoseconds: total.maximumNanoseconds,
                    errors: total.errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                        .map { FunctionSummary.ErrorType(type: $0.key, count: $0.value) })
            }
            evidence.activities.sort(by: Self.areInOrder)
            return evidence
        }
        .sorted { $0.place < $1.place }
    }

    private static func areInOrder(_ left: FunctionEvidence.Activity, _ right: FunctionEvidence.Activity) -> Bool {
        let amounts = (left.amount, right.amount)
        if amounts.0.nanoseconds != amounts.1.nanoseconds { return amounts.0.nanoseconds > amounts.1.nanoseconds }
        if amounts.0.count != amounts.1.count { return amounts.0.count > amounts.1.count }
        return (left.activity.name, left.activity.target, left.activity.kind.rawValue)
            < (right.activity.name, right.activity.target, right.activity.kind.rawValue)
    }
}
