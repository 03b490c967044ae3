import Tracing

/// What is said of a span.
enum Facts {
    struct Shape: CustomStringConvertible, Sendable {
        let description = "round"
    }

    static func run() {
        let linked = startSpan("linked")
        linked.end()
        withSpan("facts", ofKind: .client) { span in
            span.attributes["text"] = "two words"
            span.attributes["count"] = 42
            span.attributes["ratio"] = 0.5
            span.attributes["flag"] = true
            span.attributes["list"] = [1, 2, 3]
            span.attributes["shape"] = SpanAttribute.stringConvertible(Shape())
            span.attributes["http.request.header.authorization"] = "Bearer hunter2"
            span.addEvent(SpanEvent(name: "cache miss", attributes: ["key": "not kept"]))
            span.addEvent("retry")
            span.addLink(SpanLink(context: linked.context, attributes: [:]))
            span.setStatus(SpanStatus(code: .error, message: "no luck"))
        }
    }
}
