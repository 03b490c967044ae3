#if Tools
import ArgumentParser
import CommandOutput
import TraceReport

/// The options that compare deployments, and those that make a report pass or fail.
struct ComparisonOptions: ParsableArguments {
    @Option(
        name: .customLong("compare"),
        help: ArgumentHelp(
            "Compare with an older log: what got slower, what faster, what cannot be told. May be repeated.",
            valueName: "log"), completion: .file())
    var baseline: [String] = []

    @Option(
        name: .customLong("fail-if"),
        help: ArgumentHelp(
            "End with status 3 where a condition holds, as in 'p99(image.decode) > 50ms'. May be repeated.",
            valueName: "condition"),
        transform: ComparisonOptions.gate)
    var gates: [Gate] = []

    @Option(
        name: .customLong("fail-on-regression"),
        help: ArgumentHelp(
            "End with status 3 where a function's p99 or self time per request is worse by so much, beyond chance.",
            valueName: "percent"),
        transform: ComparisonOptions.regression)
    var regression: RegressionGate?

    func validate() throws {
        if regression != nil, baseline.isEmpty {
            throw ValidationError("--fail-on-regression: name the older log with --compare")
        }
    }

    /// Finds out whether the other options go together with a comparison.
    func check(format: Format, hasView: Bool) throws(ValidationError) {
        guard !baseline.isEmpty else { return }
        if hasView { throw ValidationError("--compare is a view of its own: leave out the other one") }
        switch format {
        case .text, .markdown, .json, .html, .flamegraph: return
        case .csv, .collapsed, .speedscope, .pprof, .chrome, .otlp:
            throw ValidationError(
                "--compare has no --format \(format.rawValue); there are text, markdown, json, html and flamegraph"
            )
        }
    }

    /// The same with those conditions alone that something must not be above: while a log grows, what is little may become more.
    var whatGrows: ComparisonOptions {
        var options = self
        options.gates.removeAll { $0.relation == .below || $0.relation == .atMost }
        return options
    }

    /// Returns why a report is not good enough; nothing where it is.
    func failures(of report: Report, _ comparison: Comparison?) throws(ValidationError) -> [GateFailure] {
        var failures: [GateFailure] = []
        for gate in gates {
            do {
                failures += try gate.failures(in: report)
            } catch {
                throw ValidationError("--fail-if '\(SafeText.escaped(gate.text))': \(error.message)")
            }
        }
        if let regression, let comparison { failures += regression.failures(in: comparison) }
        return failures
    }

    private static func gate(_ text: String) throws(ValidationError) -> Gate {
        do { return try Gate(text) } catch { throw ValidationError(error.message) }
    }

    private static func regression(_ text: String) throws(ValidationError) -> RegressionGate {
        guard let gate = RegressionGate(text) else {
            throw ValidationError("expected a number of per cent, as in 10%")
        }
        return gate
    }
}

/// A report that is not good enough.
struct GatesFailed: Error {
    let failures: [GateFailure]

    /// A line for each.
    var messages: [String] { failures.map { "failed: " + $0.message } }
}

extension Format {
    /// Returns a comparison as a file holds it.
    ///
    /// - Parameters:
    ///   - comparison: What became of the functions.
    ///   - reports: The older and the newer report.
    func encoded(
        _ comparison: Comparison, of reports: (before: Report, after: Report), top: Int?, for terminal: Terminal
    ) -> [UInt8] {
        switch self {
        case .markdown: Array(ComparisonMarkdownRenderer().render(comparison).utf8)
        case .json: Array(ComparisonJSONRenderer().render(comparison).utf8)
        case .html: HTMLRenderer(comparison, with: reports.before).encoded(reports.after)
        case .flamegraph: DifferentialFlameGraphRenderer(comparedWith: reports.before).encoded(reports.after)
        case .text, .csv, .collapsed, .speedscope, .pprof, .chrome, .otlp:
            Array(
                ComparisonTextRenderer(
                    layout: TextLayout(width: terminal.columns, usesColor: terminal.usesColor), top: top ?? 10
                ).render(comparison).utf8)
        }
    }
}
#endif
