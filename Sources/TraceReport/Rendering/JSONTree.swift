/// The member `tree` of the JSON report.
struct JSONTree {
    let tree: CallingContextTree

    func write(to json: inout JSONWriter) {
        json.object("tree") { json in
            json.array("functions") { json in
                for place in tree.functions { json.object { $0.members(of: place) } }
            }
            json.array("nodes") { json in tree.nodes.forEach { write($0, to: &json) } }
        }
    }

    private func write(_ node: CallingContextTree.Node, to json: inout JSONWriter) {
        json.object { json in
            json.member("parent", node.parent.map { UInt64($0) })
            json.member("function", UInt64(node.function))
            json.member("count", node.count)
            json.member("total_ns", node.totalNanoseconds)
            json.member("self_ns", node.selfNanoseconds)
            json.member("cpu_ns", node.cpuNanoseconds)
            json.member("p50_ns", node.p50Nanoseconds)
            json.member("p99_ns", node.p99Nanoseconds)
            if node.parent == nil {
                json.member("p90_ns", node.p90Nanoseconds)
                json.member("p95_ns", node.p95Nanoseconds)
                json.member("p999_ns", node.p999Nanoseconds)
            }
            json.member("max_ns", node.maximumNanoseconds)
            json.member("errors", node.errors)
            json.member("async", node.isAsync)
        }
    }
}
