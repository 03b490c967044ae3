/// The member `selection` of the JSON report.
struct JSONSelection {
    let report: Report

    func write(to json: inout JSONWriter) {
        json.object("selection") { json in
            write(report.selected.root, "root", to: &json)
            write(report.selected.function, "function", to: &json)
            write(report.selected.process, "process", to: &json)
        }
    }

    private func write(_ match: SelectionMatch?, _ key: String, to json: inout JSONWriter) {
        guard let match else { return }
        json.object(key) { json in
            json.member("pattern", match.pattern)
            json.member("matched", UInt64(match.matched))
            json.member("known", UInt64(match.known))
            json.array("near") { json in match.near.forEach { json.element($0) } }
        }
    }
}
