/// A file of speedscope. Of samples: a sampled profile of threads on a processor, and one of threads that waited, with
/// samples as weights. Of spans: one profile, with self time in nanoseconds.
///
/// Source: https://www.speedscope.app/file-format-schema.json.
public struct SpeedscopeRenderer: Renderer {
    /// What is shown.
    public let content: ProfileContent

    /// Makes a renderer.
    public init(of content: ProfileContent = .samples) {
        self.content = content
    }

    /// Returns the file, one line of JSON.
    public func render(_ report: Report) -> String {
        let profile = StackProfile(content, of: report)
        let inUse = profile.measures.filter { $0.sum > 0 }
        var writer = JSONWriter()
        writer.object { json in
            json.member("$schema", "https://www.speedscope.app/file-format-schema.json")
            json.member("name", report.processes.first?.program ?? "")
            json.member("exporter", "trace-report")
            json.member("activeProfileIndex", UInt64(0))
            json.object("shared") { json in
                json.array("frames") { json in profile.frames.forEach { write($0, to: &json) } }
            }
            json.array("profiles") { json in
                for measure in inUse.isEmpty ? Array(profile.measures.prefix(1)) : inUse {
                    write(profile, measure, to: &json)
                }
            }
        }
        return writer.text + "\n"
    }

    private func write(_ frame: StackProfile.Frame, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", frame.label + (frame.kind == .asyncCode ? " (async)" : ""))
            let file = frame.file.isEmpty ? frame.module : frame.file
            if !file.isEmpty { json.member("file", file) }
            if frame.line > 0 { json.member("line", frame.line) }
        }
    }

    private func write(_ profile: StackProfile, _ measure: StackProfile.Measure, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "sampled")
            json.member("name", measure.title)
            json.member("unit", profile.unit == .samples ? "none" : "nanoseconds")
            json.member("startValue", UInt64(0))
            json.member("endValue", measure.sum)
            json.array("samples") { json in
                profile.forEachStack { frames, node in
                    guard measure.own[node] > 0 else { return }
                    json.array { json in frames.forEach { json.element(UInt64($0)) } }
                }
            }
            json.array("weights") { json in
                profile.forEachStack { _, node in
                    if measure.own[node] > 0 { json.element(measure.own[node]) }
                }
            }
        }
    }
}
