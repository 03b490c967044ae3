import TraceLog

/// The members `requests` and `open` of the JSON report.
struct JSONRequests {
    let report: Report
    /// How many of each are written; all where nil.
    let top: Int?

    func write(to json: inout JSONWriter) {
        json.array("requests") { json in
            report.requests.prefix(max(0, top ?? .max)).forEach { write($0, to: &json) }
        }
        json.array("open") { json in
            report.open.prefix(max(0, top ?? .max)).forEach { write($0, to: &json) }
        }
    }

    private func write(_ request: RequestSummary, to json: inout JSONWriter) {
        json.object { json in
            json.member("session", SessionTag.text(request.session))
            json.member("id", request.id)
            json.member("reason", request.reason.rawValue)
            json.member("start", WallTime(nanoseconds: request.startWallNanoseconds).rfc3339)
            json.member("took_ns", request.durationNanoseconds)
            json.member("partial", request.isPartial)
            write(request.trace, to: &json)
            json.array("spans") { json in request.spans.forEach { write($0, to: &json) } }
            json.array("critical_path") { json in
                for segment in request.criticalPath {
                    json.object { json in
                        json.member("span", UInt64(segment.span))
                        json.member("start_ns", segment.startNanoseconds)
                        json.member("end_ns", segment.endNanoseconds)
                    }
                }
            }
        }
    }

    /// Writes what spans of a trace of several programs have, and no others.
    private func write(_ trace: TraceIdentity?, to json: inout JSONWriter) {
        guard let trace else { return }
        json.member("trace_id", trace.traceText)
        json.member("span_id", trace.spanText)
    }

    private func write(_ span: RequestSummary.Span, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: span.place)
            json.member("parent", span.parent.map { UInt64($0) })
            json.member("depth", UInt64(span.depth))
            json.member("start_ns", span.startNanoseconds)
            json.member("took_ns", span.durationNanoseconds)
            json.member("self_ns", span.selfNanoseconds)
            json.member("cpu_ns", span.cpuNanoseconds)
            json.member("outlives_parent_ns", span.outlivesParentNanoseconds)
            json.member("thread", span.thread)
            json.member("failed", span.hasFailed)
        }
    }

    private func write(_ span: OpenSpan, to json: inout JSONWriter) {
        json.object { json in
            json.member("session", SessionTag.text(span.session))
            json.member("pid", span.pid)
            json.member("request", span.request)
            json.member("thread", span.thread)
            json.member("start", WallTime(nanoseconds: span.startWallNanoseconds).rfc3339)
            json.member("age_ns", span.ageNanoseconds)
            json.member("crash_signal", span.crashSignal)
            write(span.trace, to: &json)
            json.array("stack") { json in
                for place in span.stack { json.object { $0.members(of: place) } }
            }
        }
    }
}
