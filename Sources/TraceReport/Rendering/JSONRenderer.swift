/// The report for programs: one line of JSON, version 1 of the format that the article "The JSON report" describes.
/// Times are integers in nanoseconds; what is not known is `null`.
public struct JSONRenderer: Renderer {
    /// How many functions, requests and open spans are written; all where nil.
    public let top: Int?

    /// Makes a renderer.
    public init(top: Int? = nil) {
        self.top = top
    }

    /// Returns the report as one line of JSON.
    public func render(_ report: Report) -> String {
        var writer = JSONWriter()
        let natures = FunctionNatures(report)
        writer.object { json in
            json.member("version", UInt64(1))
            json.array("inputs") { json in report.inputs.forEach { write($0, to: &json) } }
            json.array("processes") { json in
                for process in report.processes {
                    write(process, report.doubts.first { $0.session == process.session }, to: &json)
                }
            }
            json.array("functions") { json in
                report.functions.prefix(max(0, top ?? .max)).forEach { write($0, natures.nature(of: $0), to: &json) }
            }
            JSONSamples(samples: report.samples, top: top).write(to: &json)
            JSONRequests(report: report, top: top).write(to: &json)
            json.object("drops") { json in
                json.member("lines", report.drops.lines)
                json.member("spans", report.drops.spans)
                json.member("paths", report.drops.paths)
                json.member("misused", report.drops.misused)
                json.member("clock_steps", report.drops.clockSteps)
            }
            JSONTree(tree: report.tree).write(to: &json)
            JSONResources(resources: report.resources).write(to: &json)
            JSONTimeline(timeline: report.timeline, functions: shownFunctions(of: report)).write(to: &json)
            JSONEvidence(evidence: report.evidence, functions: shownFunctions(of: report)).write(to: &json)
            JSONSelection(report: report).write(to: &json)
            writeLeftRings(report.leftRings, to: &json)
        }
        return writer.text + "\n"
    }

    /// Where there are some only.
    private func writeLeftRings(_ rings: [LeftRing], to json: inout JSONWriter) {
        guard !rings.isEmpty else { return }
        json.array("left_rings") { json in
            for ring in rings {
                json.object { json in
                    json.member("file", ring.path)
                    json.member("log", ring.log)
                    json.member("read", ring.use == .read)
                    if case .unreadable(let reason) = ring.use { json.member("unreadable", reason) }
                }
            }
        }
    }

    /// The functions that are written; nil: all.
    private func shownFunctions(of report: Report) -> Set<FunctionPlace>? {
        guard top != nil || report.selection.function != nil else { return nil }
        return Set(report.functions.prefix(max(0, top ?? .max)).map(\.place))
    }

    private func write(_ input: InputSummary, to json: inout JSONWriter) {
        json.object { json in
            json.member("file", input.file)
            json.member("bytes", input.bytes)
            json.member("lines", input.lines)
            json.member("records", input.records)
            json.member("skipped", input.skipped)
            json.member("lost", input.lost)
            json.member("torn", input.damaged + input.unfinished)
            json.member("forged", input.forged)
            // Of packed logs only.
            if input.cut > 0 { json.member("cut", true) }
        }
    }

    private func write(_ process: ProcessSummary, _ doubt: SessionDoubt?, to json: inout JSONWriter) {
        json.object { json in
            json.member("session", SessionTag.text(process.session))
            json.member("pid", process.pid)
            json.member("host", process.host)
            json.member("program", process.program)
            json.member("buildId", process.buildId)
            json.member("start", WallTime(nanoseconds: process.startWallNanoseconds).rfc3339)
            json.member("end", process.endWallNanoseconds.map { WallTime(nanoseconds: $0).rfc3339 })
            json.member("ended", process.endReason)
            json.member("crash_signal", process.crashSignal)
            json.member("fell_silent", process.fellSilent)
            json.member("clock_jump_ns", process.clockJumpNanoseconds)
            // Of sessions that may be invented only.
            if let doubt { json.member("doubt", doubt.reason.rawValue) }
        }
    }

    private func write(_ function: FunctionSummary, _ nature: FunctionNature, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: function.place)
            json.member("count", function.count)
            json.member("total_ns", function.totalNanoseconds)
            json.member("self_ns", function.selfNanoseconds)
            json.member("cpu_ns", function.cpuNanoseconds)
            json.member("wait_ns", function.waitNanoseconds)
            json.member("p50_ns", function.p50Nanoseconds)
            json.member("p90_ns", function.p90Nanoseconds)
            json.member("p95_ns", function.p95Nanoseconds)
            json.member("p99_ns", function.p99Nanoseconds)
            json.member("p999_ns", function.p999Nanoseconds)
            json.member("max_ns", function.maximumNanoseconds)
            json.member("errors", function.errors)
            json.member("share", function.share)
            json.member("p50_interval_ns", function.p50Interval)
            json.member("p99_interval_ns", function.p99Interval)
            json.object("verdict") { json in
                json.member("does", nature.kind.rawValue)
                json.member("on_cpu", nature.onCPU)
                json.member("on_cpu_interval", nature.onCPUInterval)
                json.member("waits_for", nature.waitsFor)
            }
            json.array("waits") { json in
                for wait in function.waits {
                    json.object { json in
                        json.member("what", wait.what)
                        json.member("looks", wait.looks)
                    }
                }
            }
        }
    }
}
