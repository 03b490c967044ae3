import Tracing

/// What a program says of a span while it is open.
struct SpanFacts: Sendable {
    var name: String
    var attributes = SpanAttributes()
    var status: SpanStatus?
    var errorType: String?
    private var events: [String] = []
    private var links: [String] = []

    /// Of events and of links so many are kept; a text of the log has room for no more.
    private static let most = 16

    /// A text that is written with the span.
    struct Text {
        let key: String
        let value: String
        /// Whether it cannot hold what a log must not.
        var isHarmless = false
    }

    init(name: String) {
        self.name = name
    }

    /// Only whether a span failed, where the rest is not written.
    init(failureOf facts: SpanFacts) {
        name = facts.name
        status = facts.status
        errorType = facts.errorType
    }

    mutating func add(_ event: SpanEvent) {
        if events.count < Self.most { events.append(event.name) }
    }

    mutating func add(_ link: SpanLink) {
        guard links.count < Self.most, let trace = link.context.hoofprintTrace else { return }
        links.append("\(trace.traceID)-\(trace.spanID)")
    }

    /// The type of the error that the span ends in; nil: it has not failed.
    var failure: String? {
        switch status?.code {
        case .ok: nil
        case .error: errorType ?? "(error status)"
        case nil: errorType
        }
    }

    /// What is written in mode `every`, in an order that stays.
    var texts: [Text] {
        var texts: [Text] = []
        if !links.isEmpty { texts.append(Text(key: "links", value: links.joined(separator: ","), isHarmless: true)) }
        if !events.isEmpty { texts.append(Text(key: "events", value: events.joined(separator: ","))) }
        if let message = status?.message { texts.append(Text(key: "status_message", value: message)) }
        var ofProgram: [Text] = []
        attributes.forEach { key, value in
            if let text = value.text { ofProgram.append(Text(key: key, value: text)) }
        }
        return texts + ofProgram.sorted { $0.key < $1.key }
    }
}
