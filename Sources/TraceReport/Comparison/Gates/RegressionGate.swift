/// How much worse than another deployment a function may be.
public struct RegressionGate: Sendable, Equatable {
    /// What is too much: 0.1 for a tenth.
    public let share: Double

    /// Reads a share, as in `10%`; nil where it is none.
    public init?(_ text: String) {
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()), percent.isFinite, percent >= 0 else {
            return nil
        }
        share = percent / 100
    }

    /// Returns the functions whose 99th percentile or self time per request is worse by that share at least, beyond chance.
    /// What cannot be told is no failure.
    public func failures(in comparison: Comparison) -> [GateFailure] {
        comparison.functions.flatMap { function in
            [("p99", function.p99), ("its own time per request", function.selfTime)].compactMap { name, change in
                guard change.isWorse(by: share, level: comparison.options.level) else { return nil }
                return GateFailure(
                    condition: "worse by \(Quantity.finePercent(share)) or more", place: function.after.place,
                    measured: "\(name) \(ComparisonWords.duration(change))")
            }
        }
    }
}
