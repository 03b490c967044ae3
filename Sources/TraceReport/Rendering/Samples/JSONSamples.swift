import TraceLog

/// The member `samples` of the JSON report.
struct JSONSamples {
    let samples: SampleSummary
    /// How many functions and spans are written; all where nil.
    let top: Int?
    /// How many lines of each function are written.
    private static let shownLines = 10

    func write(to json: inout JSONWriter) {
        json.object("samples") { json in
            json.member("taken", samples.taken)
            json.member("unsampled", samples.unsampled)
            json.member("unkept", samples.unkept)
            json.member("cut", samples.cut)
            json.member("physical_only", samples.physicalOnly)
            json.member("without_stack", samples.withoutStack)
            write(samples.onCPU, "on_cpu", outside: samples.outsideSpans.onCPU, to: &json)
            write(samples.offCPU, "off_cpu", outside: samples.outsideSpans.offCPU, to: &json)
            json.array("spans") { json in
                for span in samples.spans.prefix(max(0, top ?? .max)) {
                    json.object { json in
                        json.member("name", span.span.name)
                        json.member("function", span.span.function)
                        json.member("file", span.span.file)
                        json.member("line", span.span.line)
                        write(span.onCPU, "on_cpu", to: &json)
                        write(span.offCPU, "off_cpu", to: &json)
                    }
                }
            }
        }
    }

    private func write(_ group: SampleGroup, _ key: String, outside: UInt64? = nil, to json: inout JSONWriter) {
        json.object(key) { json in
            json.member("samples", group.samples)
            if let outside { json.member("outside_spans", outside) }
            json.array("functions") { json in
                for hot in group.functions.prefix(max(0, top ?? .max)) { write(hot, of: group, to: &json) }
            }
            json.array("stack") { json in group.example.forEach { json.element($0.label) } }
        }
    }

    private func write(_ hot: HotFunction, of group: SampleGroup, to json: inout JSONWriter) {
        let interval = ShareInterval(part: hot.own, of: group.samples)
        json.object { json in
            json.member("function", hot.frame.label)
            json.member("module", hot.frame.module)
            json.member("file", hot.frame.file)
            json.member("what", hot.what)
            json.member("self", hot.own)
            json.member("total", hot.total)
            json.member("share_low", interval.lower)
            json.member("share_high", interval.upper)
            json.array("lines") { json in
                for hot in hot.lines.prefix(Self.shownLines) {
                    json.object { json in
                        json.member("line", hot.line)
                        json.member("samples", hot.samples)
                    }
                }
            }
        }
    }
}
