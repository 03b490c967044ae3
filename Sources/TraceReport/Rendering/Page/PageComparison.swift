import TraceLog

/// Two reports beside each other: what each function took before, and what it takes.
///
/// Times of all calls are per request, a request being a call of a root, so that a longer log is no slower one.
/// Percentiles are per call. A function is the same by name, function and file; its line may have moved.
struct PageComparison {
    private static let mostRows = 40

    private let before: Report
    private let after: Report
    private let requestsBefore: Double
    private let requestsAfter: Double

    init(of after: Report, with before: Report) {
        self.before = before
        self.after = after
        requestsBefore = Self.requests(of: before)
        requestsAfter = Self.requests(of: after)
    }

    private static func requests(of report: Report) -> Double {
        max(1, report.functions.lazy.filter { $0.rootCalls == 0 }.reduce(0) { $0 + Double($1.count) })
    }

    /// A function in both reports, or in one.
    private struct Pair {
        let before: FunctionSummary?
        let after: FunctionSummary?
        /// Self time per request, nanoseconds.
        let ownBefore: Double
        let ownAfter: Double
    }

    private func pairs() -> [Pair] {
        var left: [FunctionPlace: [FunctionSummary]] = [:]
        for function in before.functions.reversed() {
            left[Self.lineless(function.place), default: []].append(function)
        }
        var pairs: [Pair] = after.functions.map { function in
            let was = left[Self.lineless(function.place)]?.popLast()
            return pair(was, function)
        }
        pairs += before.functions.compactMap { function in
            guard left[Self.lineless(function.place)]?.popLast() != nil else { return nil }
            return pair(function, nil)
        }
        return pairs.enumerated().sorted { first, second in
            let changes = [first, second].map { abs($0.element.ownAfter - $0.element.ownBefore) }
            return changes[0] != changes[1] ? changes[0] > changes[1] : first.offset < second.offset
        }.map(\.element)
    }

    private func pair(_ before: FunctionSummary?, _ after: FunctionSummary?) -> Pair {
        Pair(
            before: before, after: after,
            ownBefore: Double(before?.selfNanoseconds ?? 0) / requestsBefore,
            ownAfter: Double(after?.selfNanoseconds ?? 0) / requestsAfter)
    }

    private static func lineless(_ place: FunctionPlace) -> FunctionPlace {
        FunctionPlace(name: place.name, function: place.function, file: place.file)
    }

    /// What is compared with what, in words.
    func sentence() -> String {
        let names = [before, after].map { report in
            let first = report.inputs.first?.file ?? "a report"
            let more = report.inputs.count > 1 ? " and \(report.inputs.count - 1) more" : ""
            return HTMLText.shown(first, columns: 60) + more
        }
        let requests = [requestsBefore, requestsAfter].map { Quantity.counted(UInt64(min(1e18, $0)), "request") }
        return "\(names[1]), \(requests[1]), compared with \(names[0]), \(requests[0]). "
            + "Calls, total and self time are per request; small, what they were. "
            + "Differences may be chance: nothing here says how sure they are."
    }

    /// The functions whose self time per request changed most.
    func table() -> String {
        let all = pairs()
        let rows = all.prefix(Self.mostRows).map(row)
        let more = all.count - rows.count
        let note = more > 0 ? "<p class=note>… \(Quantity.grouped(UInt64(more))) more changed less.\n" : ""
        let headings = ["calls", "total", "± total", "self", "± self", "p50", "± p50", "p99", "± p99"]
            .map { "<th scope=col>\($0)" }
        return "<div class=scroll role=region aria-labelledby=h-compare tabindex=0><table class=sort id=changes>"
            + "<thead><tr><th scope=col>function\(headings.joined())<tbody>\n\(rows.joined())</table></div>\n\(note)"
    }

    private func row(_ pair: Pair) -> String {
        guard let either = pair.after ?? pair.before else { return "" }
        let state = pair.before == nil ? " <b>new</b>" : pair.after == nil ? " <b>gone</b>" : ""
        let callsBefore = pair.before.map { Double($0.count) / requestsBefore }
        let callsAfter = pair.after.map { Double($0.count) / requestsAfter }
        return "<tr><th scope=row>\(HTMLText.escaped(HTMLText.shown(either.name)))\(state)"
            + "<small>\(HTMLText.escaped(PageRanking.place(of: either)))</small>"
            + "<td>\(Self.perRequest(callsAfter))<small>\(Self.perRequest(callsBefore))</small>"
            + cells(
                pair.before.map { Double($0.totalNanoseconds) / requestsBefore },
                pair.after.map { Double($0.totalNanoseconds) / requestsAfter })
            + cells(pair.before.map { _ in pair.ownBefore }, pair.after.map { _ in pair.ownAfter })
            + cells(pair.before?.p50Nanoseconds.map { Double($0) }, pair.after?.p50Nanoseconds.map { Double($0) })
            + cells(pair.before?.p99Nanoseconds.map { Double($0) }, pair.after?.p99Nanoseconds.map { Double($0) })
            + "\n"
    }

    /// What it is now, small what it was, and in a cell beside them the change.
    private func cells(_ before: Double?, _ after: Double?) -> String {
        func duration(_ value: Double?) -> String {
            value.map { Quantity.duration(UInt64(min(1e18, $0.rounded()))) } ?? "–"
        }
        let change = Self.change(before, after)
        let sign = change.hasPrefix("+") ? " class=up" : change.hasPrefix("−") ? " class=down" : ""
        return "<td>\(duration(after))<small>\(duration(before))</small><td\(sign)>\(change)"
    }

    /// `+12%`, `−8%`, `×3.4`; `0%` below half a per cent.
    static func change(_ before: Double?, _ after: Double?) -> String {
        guard let before, let after, before > 0 else { return "–" }
        let percent = ((after / before - 1) * 100).rounded()
        guard percent != 0 else { return "0%" }
        return percent > 0 ? "+\(Quantity.grouped(UInt64(min(1e9, percent))))%" : "−\(Int(-percent))%"
    }

    /// `1`, `12.5`, `0.02`.
    private static func perRequest(_ calls: Double?) -> String {
        guard let calls else { return "–" }
        if calls >= 1_000 { return Quantity.count(UInt64(min(1e18, calls.rounded()))) }
        let tenths = (calls * 10).rounded() / 10
        if tenths == tenths.rounded() && tenths >= 1 { return "\(Int(tenths))" }
        return calls >= 0.95 ? "\(tenths)" : "\((calls * 100).rounded() / 100)"
    }
}

extension PageComparison {
    private struct Step: Hashable {
        let parent: Int
        let place: FunctionPlace
    }

    /// Returns the self time of each node of `tree` before, for as many requests as there are now; 0 where it was not
    /// there.
    func selfTimesBefore(of tree: CallingContextTree) -> [UInt64] {
        let factor = requestsAfter / requestsBefore
        func scaled(_ time: UInt64) -> UInt64 { UInt64(min(1e18, (Double(time) * factor).rounded())) }
        var paths: [Step: Int] = [:]
        var sums: [UInt64] = []
        var pathOfNode: [Int] = []
        for node in before.tree.nodes {
            let parent = node.parent.map { pathOfNode[$0] } ?? -1
            let step = Step(parent: parent, place: Self.lineless(before.tree.functions[node.function]))
            let path = paths[step] ?? sums.count
            if path == sums.count {
                paths[step] = path
                sums.append(0)
            }
            sums[path] = saturatingSum(sums[path], scaled(node.selfNanoseconds))
            pathOfNode.append(path)
        }
        var known: [Int?] = []
        return tree.nodes.map { node in
            let parent = node.parent.map { known[$0] } ?? -1
            let place = Self.lineless(tree.functions[node.function])
            let path = parent.flatMap { paths[Step(parent: $0, place: place)] }
            known.append(path)
            return path.map { sums[$0] } ?? 0
        }
    }
}
