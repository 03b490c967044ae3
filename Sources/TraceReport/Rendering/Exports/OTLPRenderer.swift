import TraceLog

/// Requests as OTLP/JSON traces, one `ExportTraceServiceRequest` in a line: what a collector of OpenTelemetry takes at
/// `/v1/traces`, and reads from files. Each request is a trace.
///
/// Ids are made of the session, the request's number and a span's place in the request, so that a log exported twice gives the
/// same ids.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
public struct OTLPRenderer: Renderer {
    /// `SPAN_KIND_INTERNAL`.
    private static let internalKind: UInt64 = 1
    /// `STATUS_CODE_ERROR`.
    private static let errorCode: UInt64 = 2

    /// Makes a renderer.
    public init() {}

    /// Returns the traces, one line of JSON.
    public func render(_ report: Report) -> String {
        let requests = Dictionary(grouping: report.requests, by: \.session)
        var writer = JSONWriter()
        writer.object { json in
            json.array("resourceSpans") { json in
                for process in report.processes {
                    guard let requests = requests[process.session] else { continue }
                    write(requests, of: process, to: &json)
                }
            }
        }
        return writer.text + "\n"
    }

    private func write(_ requests: [RequestSummary], of process: ProcessSummary, to json: inout JSONWriter) {
        json.object { json in
            json.object("resource") { json in
                json.array("attributes") { json in
                    write("service.name", process.program.isEmpty ? "unknown_service" : process.program, to: &json)
                    write("service.instance.id", TraceIds.hexadecimal(process.session), to: &json)
                    write("host.name", process.host, to: &json)
                    write("process.pid", process.pid, to: &json)
                }
            }
            json.array("scopeSpans") { json in
                json.object { json in
                    json.object("scope") { json in json.member("name", "hoofprint") }
                    json.array("spans") { json in
                        var seen: Set<UInt64> = []
                        // A second request of the same number would have the same ids.
                        for request in requests where seen.insert(request.id).inserted {
                            for span in request.spans.indices { write(span, of: request, to: &json) }
                        }
                    }
                }
            }
        }
    }

    private func write(_ index: Int, of request: RequestSummary, to json: inout JSONWriter) {
        let (span, ids) = (request.spans[index], TraceIds(request))
        let start = saturatingSum(request.startWallNanoseconds, span.startNanoseconds)
        json.object { json in
            json.member("traceId", ids.trace)
            json.member("spanId", ids.span(index))
            if let parent = span.parent { json.member("parentSpanId", ids.span(parent)) }
            json.member("name", span.place.name)
            json.member("kind", Self.internalKind)
            json.member("startTimeUnixNano", String(start))
            json.member("endTimeUnixNano", String(saturatingSum(start, span.durationNanoseconds)))
            json.array("attributes") { json in writeAttributes(of: span, of: request, to: &json) }
            json.object("status") { json in if span.hasFailed { json.member("code", Self.errorCode) } }
        }
    }

    private func writeAttributes(of span: RequestSummary.Span, of request: RequestSummary, to json: inout JSONWriter) {
        write("code.function", span.place.function, to: &json)
        write("code.filepath", span.place.file, to: &json)
        write("code.lineno", span.place.line, to: &json)
        write("thread.id", span.thread, to: &json)
        write("hoofprint.self_ns", span.selfNanoseconds, to: &json)
        write("hoofprint.cpu_ns", span.cpuNanoseconds, to: &json)
        guard span.parent == nil else { return }
        write("hoofprint.reason", request.reason.rawValue, to: &json)
        if request.isPartial { write("hoofprint.partial", 1, to: &json) }
    }

    /// Writes an attribute; one without a value is left out.
    private func write(_ key: String, _ value: String, to json: inout JSONWriter) {
        guard !value.isEmpty else { return }
        json.object { json in
            json.member("key", key)
            json.object("value") { json in json.member("stringValue", value) }
        }
    }

    /// Writes an attribute; 0 stands for what is not known. The format's numbers are signed, and JSON has them as strings.
    private func write(_ key: String, _ value: UInt64, to json: inout JSONWriter) {
        guard value > 0 else { return }
        json.object { json in
            json.member("key", key)
            json.object("value") { json in json.member("intValue", String(min(value, UInt64(Int64.max)))) }
        }
    }
}

/// The ids of a request's spans.
struct TraceIds {
    /// 32 hexadecimal digits.
    let trace: String
    private let seed: UInt64

    init(_ request: RequestSummary) {
        // An id of zeros alone is not valid.
        let session = request.session == 0 && request.id == 0 ? 1 : request.session
        trace = Self.hexadecimal(session) + Self.hexadecimal(request.id)
        seed = Self.mixed(session ^ Self.mixed(request.id))
    }

    /// Returns the id of the span at a place: 16 hexadecimal digits, different for each place, never zeros alone.
    func span(_ place: Int) -> String {
        let mixed = Self.mixed(seed &+ UInt64(place) &* 0x9e37_79b9_7f4a_7c15)
        return Self.hexadecimal(mixed == 0 ? .max : mixed)
    }

    /// Returns a number as 16 hexadecimal digits.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Returns a number that looks like any other, a different one for each.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var numbers = SplitMix64(state: number)
        return numbers.next()
    }
}
