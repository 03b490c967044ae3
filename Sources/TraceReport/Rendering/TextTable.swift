/// The ranking: two lines a function, its numbers and its place in the source.
struct TextTable {
    let report: Report
    let width: Int
    let style: TextStyle
    let top: Int

    /// A column of numbers.
    private enum Column: String, CaseIterable {
        case calls
        case perRequest = "/req"
        case total
        case own = "self"
        case share, p50, p95, p99, max
        case onCPU = "on-CPU"
        case waiting, errors

        /// The space it takes, with one column of space before it.
        var width: Int {
            switch self {
            case .share, .perRequest: 6
            case .errors, .calls, .total, .own, .p50, .p95, .p99, .max, .onCPU: 7
            case .waiting: 8
            }
        }

        /// What is given up first where the width does not suffice: what other columns tell nearly as well.
        static let expendable: [Column] = [
            .waiting, .p95, .perRequest, .max, .errors, .p50, .total, .onCPU,
        ]
    }

    private static let rankWidth = 4
    private static let narrowestName = 18
    private static let widestName = 44

    func lines() -> [String] {
        let columns = shownColumns
        let shown = report.functions.prefix(max(0, top))
        let room = width - Self.rankWidth - columns.reduce(0) { $0 + $1.width }
        let longestName = shown.map { SafeText.columns(of: SafeText.escaped($0.name)) }.max() ?? 0
        let nameWidth = min(room, max(Self.narrowestName, min(longestName, Self.widestName)))
        var lines = [heading(columns, nameWidth)]
        for (index, function) in shown.enumerated() {
            lines.append(numbers(of: function, rank: index + 1, columns, nameWidth))
            lines.append(placeLine(of: function, columns, nameWidth))
        }
        return lines + footer(columns, shownCount: shown.count)
    }

    private var shownColumns: [Column] {
        var columns = Column.allCases
        columns.removeAll(where: isEmpty)
        for column in Column.expendable {
            let taken = columns.reduce(Self.rankWidth + Self.narrowestName) { $0 + $1.width }
            if taken <= width { break }
            columns.removeAll { $0 == column }
        }
        return columns
    }

    /// Whether a column would tell nothing of any function.
    private func isEmpty(_ column: Column) -> Bool {
        switch column {
        case .errors: report.functions.allSatisfy { $0.errors == 0 }
        case .perRequest: report.functions.allSatisfy { $0.rootCalls == 0 }
        default: false
        }
    }

    private func heading(_ columns: [Column], _ nameWidth: Int) -> String {
        let start = " #  " + TextLayout.padded("function", to: nameWidth)
        return style.strong(start + columns.map { TextLayout.rightAligned($0.rawValue, in: $0.width) }.joined())
    }

    private func numbers(of function: FunctionSummary, rank: Int, _ columns: [Column], _ nameWidth: Int) -> String {
        let name = SafeText.middleTruncated(SafeText.escaped(function.name), to: nameWidth)
        let cells = columns.map { TextLayout.rightAligned(cell($0, function), in: $0.width) }.joined()
        let number = "\(rank)"
        let rankText =
            TextLayout.rightAligned(number, in: 2) + String(repeating: " ", count: max(1, 4 - max(2, number.count)))
        let shownName = number.count > 3 ? SafeText.middleTruncated(name, to: nameWidth + 3 - number.count) : name
        let nameColumns = nameWidth - max(0, number.count - 3)
        return rankText + style.strong(shownName)
            + String(repeating: " ", count: max(0, nameColumns - SafeText.columns(of: shownName))) + cells
    }

    /// The place, and a bar of the share under the columns that hold self time and share.
    private func placeLine(of function: FunctionSummary, _ columns: [Column], _ nameWidth: Int) -> String {
        let before = columns.prefix { $0 != .own }.reduce(Self.rankWidth + nameWidth) { $0 + $1.width }
        let place = TextFindings.place(of: function.place, columns: before - Self.rankWidth - 1)
        let length = Column.own.width + Column.share.width - 1
        let bar = TextLayout.bar(share: function.share, columns: length)
        let start = "    " + style.dim(place)
        guard !bar.isEmpty else { return start.trimmingTrailingSpaces() }
        let gap = before + 1 - Self.rankWidth - SafeText.columns(of: place)
        return start + String(repeating: " ", count: max(1, gap)) + style.bar(bar)
    }

    private func cell(_ column: Column, _ function: FunctionSummary) -> String {
        func duration(_ nanoseconds: UInt64?) -> String { nanoseconds.map(Quantity.duration) ?? "?" }
        switch column {
        case .calls: return Quantity.count(function.count)
        case .perRequest: return function.callsPerRequest.map(Quantity.number) ?? "–"
        case .total: return Quantity.duration(function.totalNanoseconds)
        case .own: return Quantity.duration(function.selfNanoseconds)
        case .share: return Quantity.percent(function.share)
        case .p50: return duration(function.p50Nanoseconds)
        case .p95: return duration(function.p95Nanoseconds)
        case .p99: return duration(function.p99Nanoseconds)
        case .max: return Quantity.duration(function.maximumNanoseconds)
        case .errors: return Quantity.count(function.errors)
        case .waiting:
            return (function.hasAsyncPaths ? "≤" : "") + Quantity.duration(function.waitNanoseconds)
        case .onCPU:
            guard function.totalNanoseconds > 0 else { return "–" }
            let share = Double(function.cpuNanoseconds) / Double(function.totalNanoseconds)
            return (function.hasAsyncPaths ? "≥" : "")
                + (share < 0.01 && function.hasAsyncPaths ? "0%" : Quantity.percent(share))
        }
    }

    private func footer(_ columns: [Column], shownCount: Int) -> [String] {
        var lines: [String] = []
        let rest = report.functions.dropFirst(shownCount)
        if !rest.isEmpty {
            let share = rest.reduce(0) { $0 + $1.share }
            lines.append(
                "    … \(Quantity.grouped(UInt64(rest.count))) more: \(Quantity.percent(share)) of the self time")
        }
        var notes = ["Sorted by \(report.sortKey.rawValue). total: with everything called; self: in its own code."]
        let leftOut = Column.allCases.filter { !columns.contains($0) && !isEmpty($0) }
        if isEmpty(.errors) { notes.append("No call ended in an error.") }
        if !leftOut.isEmpty { notes.append("No room for: \(leftOut.map(\.rawValue).joined(separator: ", ")).") }
        if report.functions.prefix(shownCount).contains(where: \.hasAsyncPaths) {
            notes.append("≥ ≤ async: only the CPU time of sync spans below is known.")
        }
        return lines + TextLayout.flow(notes, width: width, separator: " ").map(style.dim)
    }
}
