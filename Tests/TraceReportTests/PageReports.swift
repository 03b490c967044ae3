import SeededRandom
import TraceLog
@testable import TraceReport

/// Reports to make pages of.
enum PageReports {
    /// A report of many call paths of functions whose names have 30 to 60 characters.
    static func large(paths: Int, functions count: Int, seed: UInt64 = 1) -> Report {
        var random = SeededGenerator(seed: seed)
        var report = PageService.report(requests: 6)
        let words = ["Picture", "Record", "Profile", "Outbox", "Session", "Colour", "Upload", "Token", "Cursor"]
        let verbs = ["decode", "validate", "insert", "resolve", "normalise", "publish", "measure", "encode"]
        func word(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
        report.tree = CallingContextTree()
        report.tree.functions = (0..<count).map { number in
            let type = word(words) + word(words) + "Store"
            let length = Int.random(in: 30...60, using: &random)
            var function = "\(word(verbs))\(number)(_:"
            while type.count + function.count + 2 < length { function += word(verbs) + ":" }
            function += ")"
            return FunctionPlace(
                name: type + "." + function, function: function, file: "Pictures/\(type).swift",
                line: UInt64.random(in: 10...900, using: &random))
        }
        for index in 0..<paths {
            // Each node goes under the one before it, or under one of its callers.
            let deepest = index == 0 ? 0 : min(12, report.tree.nodes[index - 1].depth + 1)
            let depth = index == 0 ? 0 : Int.random(in: 1...deepest, using: &random)
            let parent = index == 0 ? nil : report.tree.nodes.lastIndex { $0.depth == depth - 1 }
            var node = CallingContextTree.Node(
                parent: parent, function: Int.random(in: 0..<count, using: &random), depth: depth)
            node.selfNanoseconds = UInt64.random(in: 100_000...900_000_000, using: &random)
            node.count = UInt64.random(in: 1...2_000_000, using: &random)
            node.p99Nanoseconds = UInt64.random(in: 1_000...900_000_000, using: &random)
            report.tree.nodes.append(node)
        }
        for index in report.tree.nodes.indices.reversed() {
            report.tree.nodes[index].totalNanoseconds += report.tree.nodes[index].selfNanoseconds
            report.tree.nodes[index].cpuNanoseconds = report.tree.nodes[index].totalNanoseconds / UInt64(index % 7 + 1)
            guard let parent = report.tree.nodes[index].parent else { continue }
            report.tree.nodes[parent].totalNanoseconds += report.tree.nodes[index].totalNanoseconds
        }
        report.functions = functions(of: report.tree)
        return report
    }

    private static func functions(of tree: CallingContextTree) -> [FunctionSummary] {
        var summaries = tree.functions.map {
            FunctionSummary(name: $0.name, function: $0.function, file: $0.file, line: $0.line)
        }
        for node in tree.nodes {
            summaries[node.function].count += node.count
            summaries[node.function].totalNanoseconds += node.totalNanoseconds
            summaries[node.function].selfNanoseconds += node.selfNanoseconds
            summaries[node.function].cpuNanoseconds += node.cpuNanoseconds
            summaries[node.function].p50Nanoseconds = node.p99Nanoseconds.map { $0 / 3 }
            summaries[node.function].p95Nanoseconds = node.p99Nanoseconds.map { $0 / 2 }
            summaries[node.function].p99Nanoseconds = node.p99Nanoseconds
            summaries[node.function].maximumNanoseconds = (node.p99Nanoseconds ?? 0) * 2
        }
        let all = summaries.reduce(0.0) { $0 + Double($1.selfNanoseconds) }
        for index in summaries.indices { summaries[index].share = Double(summaries[index].selfNanoseconds) / all }
        return summaries.sorted { $0.selfNanoseconds > $1.selfNanoseconds }
    }

    /// The picture service before it was mended: its store was ten times as quick, and its cache had another function.
    static func older() -> Report {
        var report = PageService.report(seed: 3, storeFactor: 0.1)
        func rename(_ place: inout FunctionPlace) {
            guard place.name == "cache.lookup" else { return }
            place = FunctionPlace(name: "cache.find", function: place.function, file: place.file, line: place.line)
        }
        for index in report.functions.indices {
            var place = report.functions[index].place
            rename(&place)
            report.functions[index].name = place.name
        }
        for index in report.tree.functions.indices { rename(&report.tree.functions[index]) }
        for index in report.timeline.functions.indices { rename(&report.timeline.functions[index].place) }
        return report
    }

    /// A report whose every text is `text`.
    static func hostile(_ text: String) -> Report {
        var report = PageService.report(requests: 6)
        func changed(_ place: FunctionPlace) -> FunctionPlace {
            FunctionPlace(name: text + place.name, function: text, file: text, line: place.line)
        }
        report.inputs[0].file = text
        (report.processes[0].program, report.processes[0].host) = (text, text)
        (report.processes[0].buildId, report.processes[0].mode) = (text, text)
        for index in report.functions.indices {
            let place = changed(report.functions[index].place)
            report.functions[index].name = place.name
            (report.functions[index].function, report.functions[index].file) = (text, text)
            report.functions[index].errorTypes = [.init(type: text, count: 1)]
            report.functions[index].waits = [.init(what: text, looks: 100)]
        }
        report.tree.functions = report.tree.functions.map(changed)
        for index in report.open.indices { report.open[index].stack = report.open[index].stack.map(changed) }
        for index in report.timeline.functions.indices {
            report.timeline.functions[index].place = changed(report.timeline.functions[index].place)
        }
        for index in report.requests.indices {
            for span in report.requests[index].spans.indices {
                report.requests[index].spans[span].place = changed(report.requests[index].spans[span].place)
            }
        }
        return report
    }
}
