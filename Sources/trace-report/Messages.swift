#if Tools
import TraceReport
import TraceSymbols
import WallClock

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The logs were read, and there is nothing in them of what was asked for.
protocol NothingToReport: Error {
    /// What there is not, and what to do.
    var message: String { get }
}

/// No log held a record that can be ranked.
struct NoRecordFound: NothingToReport {
    let report: Report
    let sample: [UInt8]
    /// Whether it was said which ring files lie beside the logs.
    let ringsAreTold: Bool

    var message: String {
        let lines = report.inputs.reduce(0) { $0 + $1.lines }
        let damaged = report.inputs.reduce(0) { $0 + $1.damaged + $1.unfinished }
        let forged = report.inputs.reduce(0) { $0 + $1.forged }
        let logs = report.inputs.map(\.shownName).joined(separator: ", ")
        var text = "no record found in \(Quantity.counted(lines, "line")) of \(logs). "
        text += "A record is a part of a line that begins with '~hp1 ' and ends in ' c=' and eight digits; "
        text += "a program writes them after HoofprintSystem.bootstrap()."
        if damaged > 0 { text += " Damaged: \(Quantity.counted(damaged, "line")) like that." }
        if forged > 0 {
            text += " Of sessions that no 'session' record announces: \(Quantity.counted(forged, "record"))."
        }
        if !ringsAreTold { for message in report.leftRings.compactMap(\.message) { text += " " + message } }
        if !sample.isEmpty { text += "\nThe first line looks like: " + SafeText.escaped(bytes: sample) }
        return text
    }
}

/// No stack sample was taken, or none is selected.
struct NoSampleFound: NothingToReport {
    let samples: SampleSummary

    var message: String {
        guard samples.taken > 0 else {
            return "no stack sample found. A program takes them where HOOFPRINT_SAMPLE says how many a second, as in "
                + "HOOFPRINT_SAMPLE=99."
        }
        let all = "no stack sample is selected of the \(samples.taken) there are"
        guard let function = samples.selection.function else { return all + "; leave out --on-cpu or --off-cpu." }
        return all + ": '\(SafeText.escaped(function))' must be the whole name of a span or a function, or fit it "
            + "by * and ?."
    }
}

/// Nothing was flushed in the stretch of time that was asked for.
struct NothingFlushed: NothingToReport {
    let clocks: ClosedRange<UInt64>

    var message: String {
        "nothing was flushed in that stretch of time: the logs' clocks go from \(Self.text(clocks.lowerBound)) to "
            + "\(Self.text(clocks.upperBound))."
    }

    private static func text(_ nanoseconds: UInt64) -> String {
        Timestamp(milliseconds: Int64(nanoseconds / 1_000_000)).text
    }
}

/// The format shows something of which the log has nothing.
enum NothingToExport: NothingToReport {
    case spans
    case requests

    var message: String {
        switch self {
        case .spans: "no finished span found: the log holds who wrote it, and nothing it did."
        case .requests:
            "no request found whose spans are in the log. A program writes the slowest of each root span, "
                + "HOOFPRINT_SLOWEST of them at a flush, and those that failed."
        }
    }
}

/// A pattern of the command line selects nothing.
struct NothingSelected: NothingToReport {
    let option: String
    /// What it selects.
    let noun: String
    let match: SelectionMatch

    var message: String {
        let known = match.known == 1 ? "the only \(noun) is not it" : "none of the \(match.known) \(noun)s is"
        return "\(option) '\(SafeText.escaped(match.pattern))': \(known)." + nearestNames(match.near)
    }
}

extension UnknownFunction {
    /// What was asked for, and what may have been meant.
    var message: String { "no function '\(SafeText.escaped(text))' is recorded." + nearestNames(nearest) }
}

/// ` The nearest names are 'a', 'b'.`
private func nearestNames(_ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    let list = names.map { "'" + SafeText.escaped($0) + "'" }.joined(separator: ", ")
    return names.count == 1 ? " The nearest name is \(list)." : " The nearest names are \(list)."
}

extension UnknownFunction: NothingToReport {}

extension InputSummary {
    fileprivate var shownName: String {
        file == "-" ? "standard input" : "'" + SafeText.escaped(file) + "'"
    }
}

extension LogReadError {
    /// What was being done, with what, what is wrong.
    var message: String {
        "cannot \(operation) log '\(SafeText.escaped(name))': "
            + (reason ?? String(cString: strerror(errorNumber)))
    }
}

extension SymbolFileError {
    /// What was being done, with what, what is wrong.
    var message: String {
        "cannot take symbols from '\(SafeText.escaped(path))': \(reason)"
    }
}
#endif
