import TraceLog

/// Samples as a file of speedscope: a sampled profile of threads on a processor, and one of threads that waited. Weights
/// are samples.
///
/// Source: https://www.speedscope.app/file-format-schema.json.
public struct SpeedscopeRenderer: Renderer {
    /// Makes a renderer.
    public init() {}

    /// Returns the file, one line of JSON.
    public func render(_ report: Report) -> String {
        let tree = report.samples.tree
        var writer = JSONWriter()
        writer.object { json in
            json.member("$schema", "https://www.speedscope.app/file-format-schema.json")
            json.member("name", report.processes.first?.program ?? "")
            json.member("exporter", "trace-report")
            json.member("activeProfileIndex", UInt64(0))
            json.object("shared") { json in
                json.array("frames") { json in tree.frames.forEach { write($0, to: &json) } }
            }
            json.array("profiles") { json in
                let names = [("on CPU", \SampleCounts.onCPU), ("waiting", \SampleCounts.offCPU)]
                let inUse = names.filter { tree.total[keyPath: $0.1] > 0 }
                for (name, counter) in inUse.isEmpty ? [names[0]] : inUse { write(tree, name, counter, to: &json) }
            }
        }
        return writer.text + "\n"
    }

    private func write(_ frame: SampleFrame, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", frame.label + (frame.kind == .asyncCode ? " (async)" : ""))
            let file = frame.file.isEmpty ? frame.module : frame.file
            if !file.isEmpty { json.member("file", file) }
            if frame.line > 0 { json.member("line", frame.line) }
        }
    }

    private func write(
        _ tree: SampleTree, _ name: String, _ counter: KeyPath<SampleCounts, UInt64>, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("type", "sampled")
            json.member("name", name)
            json.member("unit", "none")
            json.member("startValue", UInt64(0))
            json.member("endValue", tree.total[keyPath: counter])
            json.array("samples") { json in
                tree.forEachStack { frames, own in
                    guard own[keyPath: counter] > 0 else { return }
                    json.array { json in frames.forEach { json.element(UInt64($0)) } }
                }
            }
            json.array("weights") { json in
                tree.forEachStack { _, own in
                    if own[keyPath: counter] > 0 { json.element(own[keyPath: counter]) }
                }
            }
        }
    }
}
