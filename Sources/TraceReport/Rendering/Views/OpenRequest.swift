/// Spans of one request that had not ended when the log did.
struct OpenRequest {
    /// Its spans, the oldest first; at least one.
    private(set) var spans: [OpenSpan]

    /// The span that has been open longest.
    var oldest: OpenSpan { spans[0] }

    /// The stack with the most functions, outermost first.
    var deepestStack: [FunctionPlace] { spans.map(\.stack).max { $0.count < $1.count } ?? [] }

    /// What makes spans one request.
    private enum Key: Hashable {
        case request(session: UInt64, UInt64)
        /// Spans on one thread, whose request is not known.
        case thread(session: UInt64, UInt64)
        case single(Int)

        init(_ span: OpenSpan, index: Int) {
            if span.request != 0 {
                self = .request(session: span.session, span.request)
            } else {
                self = span.thread != 0 ? .thread(session: span.session, span.thread) : .single(index)
            }
        }
    }

    /// Returns the requests that were running, the oldest first.
    static func all(of report: Report) -> [OpenRequest] {
        var requests: [OpenRequest] = []
        var indexOfKey: [Key: Int] = [:]
        // The report's spans are sorted by age, so requests and their spans are.
        for (index, span) in report.open.enumerated() {
            let key = Key(span, index: index)
            if let known = indexOfKey[key] {
                requests[known].spans.append(span)
            } else {
                indexOfKey[key] = requests.count
                requests.append(OpenRequest(spans: [span]))
            }
        }
        return requests
    }

    /// Open spans of the same functions.
    struct Line: Equatable {
        let place: FunctionPlace
        let depth: Int
        /// How many spans are open here; 0: none is known, only some that they called.
        var spans: UInt64 = 0
        /// How long the oldest of them has been open, nanoseconds.
        var ageNanoseconds: UInt64 = 0
    }

    /// Returns the open functions under those that called them.
    func stackLines() -> [Line] {
        struct Step: Hashable {
            var parent: Int
            var place: FunctionPlace
        }
        var lines: [Line] = []
        var children: [Int: [Int]] = [:]
        var indexOfStep: [Step: Int] = [:]
        let top = -1
        for span in spans {
            var parent = top
            for (depth, place) in span.stack.enumerated() {
                let step = Step(parent: parent, place: place)
                if indexOfStep[step] == nil {
                    indexOfStep[step] = lines.count
                    children[parent, default: []].append(lines.count)
                    lines.append(Line(place: place, depth: depth))
                }
                parent = indexOfStep[step] ?? parent
            }
            guard parent != top else { continue }
            lines[parent].spans += 1
            lines[parent].ageNanoseconds = max(lines[parent].ageNanoseconds, span.ageNanoseconds)
        }
        var sorted: [Line] = []
        var waiting = Array((children[top] ?? []).reversed())
        while let next = waiting.popLast() {
            sorted.append(lines[next])
            waiting += (children[next] ?? []).reversed()
        }
        return sorted
    }
}
