/// What probes read of whole processes, and the metrics of programs that write them: each counter's last value, its bounds and
/// how fast it grew.
public struct CountersView: TabularView {
    /// How many are shown; all where nil, or 200 as text.
    public let top: Int?

    /// Makes the view.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// `counters`.
    public var name: String { "counters" }

    /// Returns the counters as text, those of a process and probe under its name.
    public func lines(of report: Report, in layout: TextLayout) -> [String] {
        let counters = report.resources.counters
        guard !counters.isEmpty else { return ["No counter is in the log."] }
        let names = ProcessNames(report)
        let columns = Self.columns(["last", "lowest", "highest", "a second"])
        var lines = [layout.style.dim(columns + "  counter")]
        var before: CounterSummary?
        let shown = counters.prefix(max(0, top ?? 200))
        for counter in shown {
            if counter.session != before?.session {
                lines += ["", layout.style.strong(names.text(ofSession: counter.session))]
            }
            if counter.session != before?.session || counter.probe != before?.probe {
                lines.append("  " + TextLayout.name(counter.probe, columns: layout.width - 2))
            }
            before = counter
            let unit = CounterUnit(ofCounter: counter.name)
            let start =
                Self.columns([
                    unit.text(Double(counter.last)), unit.text(Double(counter.minimum)),
                    unit.text(Double(counter.maximum)), counter.growthPerSecond.map { unit.text($0) } ?? "",
                ]) + "  "
            lines.append(start + TextLayout.name(counter.name, columns: layout.width - start.count))
        }
        let rest = counters.count - shown.count
        let more = rest > 0 ? ["", "\(Quantity.grouped(UInt64(rest))) more: --top \(counters.count)."] : []
        return lines + more
    }

    private static func columns(_ values: [String]) -> String {
        values.map { TextLayout.rightAligned($0, in: 11) }.joined()
    }

    /// Returns a row for each counter, with its values as they were read.
    public func table(of report: Report) -> ReportTable {
        let names = ProcessNames(report)
        let ofCounter = ["probe", "name", "readings", "first", "last", "min", "max", "growth_per_second"]
        var table = ReportTable(columns: ProcessNames.tableColumns + ofCounter.map { ReportTable.Column($0) })
        for counter in report.resources.counters.prefix(max(0, top ?? .max)) {
            let growth = counter.growthPerSecond.map { UInt64(min($0.rounded(), 0x1p63)) }
            table.append(
                names.tableValues(ofSession: counter.session) + [
                    .text(counter.probe), .text(counter.name), .count(counter.readings), .count(counter.first),
                    .count(counter.last), .count(counter.minimum), .count(counter.maximum), .count(growth),
                ])
        }
        return table
    }
}

/// In which unit a counter is, as its name says.
private enum CounterUnit {
    case things
    case bytes
    case seconds(each: Double)
    case fractions(each: Double)

    init(ofCounter name: String) {
        self =
            switch name.split(separator: "_").last {
            case "ns": .seconds(each: 1)
            case "us": .seconds(each: 1e3)
            case "bytes": .bytes
            case "milli": .fractions(each: 1e3)
            case "micro": .fractions(each: 1e6)
            default: .things
            }
    }

    /// A value for people. Growth may have a fraction.
    func text(_ value: Double) -> String {
        func whole(_ value: Double) -> UInt64 { UInt64(min(value.rounded(), 0x1p63)) }
        switch self {
        case .things: return value == value.rounded() ? Quantity.count(whole(value)) : Quantity.number(value)
        case .bytes: return Quantity.bytes(whole(value))
        case .seconds(let each): return Quantity.duration(whole(value * each))
        case .fractions(let each): return Quantity.number(value / each)
        }
    }
}
