import TraceLog

/// The slowest requests: a table of them, and the spans of each as a page's script draws them.
struct PageRequests {
    private static let mostRequests = 12
    private static let mostSpans = 120

    private let requests: [RequestSummary]

    init(_ requests: [RequestSummary]) {
        self.requests = requests.prefix(Self.mostRequests).filter { !$0.spans.isEmpty }
    }

    /// Whether there is nothing to show.
    var isEmpty: Bool { requests.isEmpty }

    /// A row a request: what it was, when, how long, and what it waited for most.
    func table() -> String {
        let rows = requests.map { request in
            let start = WallTime(nanoseconds: request.startWallNanoseconds)
            let reason = request.reason == .failed ? "failed" : "slow"
            let shown = request.spans.count > Self.mostSpans ? ", \(Self.mostSpans) shown" : ""
            let partial = request.isPartial ? ", spans are missing" : ""
            return "<tr><th scope=row>\(HTMLText.escaped(HTMLText.shown(request.spans[0].place.name)))"
                + "<td>\(Quantity.duration(request.durationNanoseconds))<td>\(request.spans.count)\(shown)"
                + "<td class=t>\(start.time) \(reason)\(partial)<td class=t>\(mostOnPath(of: request))\n"
        }
        return "<div class=wide><table id=slowest><thead><tr><th scope=col>request<th scope=col>took<th scope=col>spans"
            + "<th scope=col class=t>began, why kept<th scope=col class=t>longest on the critical path<tbody>\n"
            + rows.joined() + "</table></div>\n"
    }

    private func mostOnPath(of request: RequestSummary) -> String {
        var times: [FunctionPlace: UInt64] = [:]
        for segment in request.criticalPath where segment.endNanoseconds > segment.startNanoseconds {
            guard request.spans.indices.contains(segment.span) else { continue }
            let time = segment.endNanoseconds - segment.startNanoseconds
            times[request.spans[segment.span].place, default: 0] = saturatingSum(
                times[request.spans[segment.span].place] ?? 0, time)
        }
        let longest = times.max { ($0.value, $1.key.name, $1.key.line) < ($1.value, $0.key.name, $0.key.line) }
        guard let longest else { return "–" }
        let share = Double(longest.value) / Double(max(1, request.durationNanoseconds))
        return "\(HTMLText.escaped(HTMLText.shown(longest.key.name, columns: 60))), \(Quantity.percent(share))"
    }

    /// Writes `"requests":[…]`: of each its duration in nanoseconds, its spans as columns, and its critical path as
    /// columns of spans, begins and durations. Begins are shares of the request's duration, in 46,655ths.
    func write(to json: inout JSONWriter, functions: inout PageFunctions) {
        guard !isEmpty else { return }
        json.array("requests") { json in
            for request in requests {
                let spans = request.spans.prefix(Self.mostSpans)
                let f = PackedNumbers.text(spans.map { functions.number(of: $0.place) })
                let path = request.criticalPath.filter {
                    $0.span < spans.count && $0.endNanoseconds > $0.startNanoseconds
                }
                func begins(_ times: [UInt64]) -> String {
                    PackedNumbers.text(times.map { Self.position($0, in: request.durationNanoseconds) }, width: 3)
                }
                json.object { json in
                    json.member("took", request.durationNanoseconds)
                    json.member("fWidth", UInt64(f.width))
                    json.member("f", f.text)
                    json.member("depth", PackedNumbers.text(spans.map(\.depth), width: 2))
                    json.member("begin", begins(spans.map(\.startNanoseconds)))
                    json.member("time", PackedNumbers.rounded(spans.map(\.durationNanoseconds)))
                    json.member("self", PackedNumbers.rounded(spans.map(\.selfNanoseconds)))
                    json.member("failed", PackedNumbers.text(spans.map { $0.hasFailed ? 1 : 0 }, width: 1))
                    json.member("path", PackedNumbers.text(path.map(\.span), width: 3))
                    json.member("pathBegin", begins(path.map(\.startNanoseconds)))
                    json.member(
                        "pathTime", PackedNumbers.rounded(path.map { $0.endNanoseconds - $0.startNanoseconds }))
                }
            }
        }
    }

    private static func position(_ time: UInt64, in whole: UInt64) -> Int {
        let share = min(1, Double(time) / Double(max(1, whole)))
        return Int((share * Double(PackedNumbers.largestOfThree)).rounded())
    }
}
