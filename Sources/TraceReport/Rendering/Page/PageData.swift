/// What a page's script reads, as JSON.
struct PageData {
    let tree: PageTree
    let timeline: PageTimeline
    let requests: PageRequests
    /// The JSON, in which nothing ends a script element.
    let text: String

    init(report: Report, ranking: PageRanking, comparison: PageComparison?) {
        let tree = PageTree(report.tree)
        let timeline = PageTimeline(report.timeline)
        let requests = PageRequests(report.requests)
        var functions = PageFunctions()
        var writer = JSONWriter()
        writer.object { json in
            ranking.write(to: &json, functions: &functions)
            tree.write(to: &json, functions: &functions, comparedBy: comparison)
            timeline.write(to: &json, functions: &functions)
            requests.write(to: &json, functions: &functions)
            functions.write(to: &json)
        }
        self.tree = tree
        self.timeline = timeline
        self.requests = requests
        text = HTMLText.escapedJSON(writer.text)
    }
}
