/// What a page's script reads: JSON, packed by gzip and written in base 64, in which nothing ends a script element.
struct PageData {
    let tree: PageTree
    let timeline: PageTimeline
    let requests: PageRequests
    /// The JSON.
    let json: String

    /// The JSON as it stands in the page.
    var text: String { String(decoding: Base64.encoded(GzipEncoder.packed(Array(json.utf8))), as: UTF8.self) }

    init(report: Report, ranking: PageRanking, baseline: Report?) {
        let tree = baseline.map { PageTree(report, comparedWith: $0) } ?? PageTree(report.tree)
        let timeline = PageTimeline(report.timeline)
        let requests = PageRequests(report.requests)
        var functions = PageFunctions()
        var writer = JSONWriter()
        writer.object { json in
            ranking.write(to: &json, functions: &functions)
            tree.write(to: &json, functions: &functions)
            timeline.write(to: &json, functions: &functions)
            requests.write(to: &json, functions: &functions)
            functions.write(to: &json)
        }
        self.tree = tree
        self.timeline = timeline
        self.requests = requests
        json = writer.text
    }
}
