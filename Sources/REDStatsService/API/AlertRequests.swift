import HTTPService
import Hoofprint
import HTTPTypes
import Hummingbird
import NIOCore
import REDStats
import WallClock

/// `/v1/alerts`: as they are made, and those that were.
struct AlertRequests: Sendable {
    /// The most alerts of a page.
    static let mostListed = 500
    /// The largest sequence number that is taken: of 18 digits.
    static let largest = 999_999_999_999_999_999
    /// So that a connection that is gone is found, and one that lives is not taken for gone.
    private static let beat = Duration.seconds(15)

    let store: any StatsStore
    let feed: AlertFeed

    /// The alerts of a subscription, the latest first.
    func history(_ id: String, _ parameters: QueryParameters, for caller: StatsCaller) async throws -> Response {
        let limit = try parameters.number("limit", in: 1...Self.mostListed, standard: 100)
        let before = try parameters["before"].map { _ throws(Problem) in
            try Int64(parameters.number("before", in: 1...Self.largest))
        }
        guard try await store.subscription(id, of: caller.client) != nil else { throw Problem.noSubscription }
        let found = try await store.alerts(ofSubscription: id, of: caller.client, before: before, limit: limit + 1)
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last?.sequence : nil
        return .json(
            JSONObject(members: [
                ("alerts", .array(page.map { .object($0.members) })),
                ("next", next.map { .number(Int($0)) } ?? .null),
            ]).text)
    }

    /// Alerts as server-sent events, from now on, or after the one that the client had last.
    func stream(
        _ request: Request, _ parameters: QueryParameters, for caller: StatsCaller
    ) async throws -> Response {
        let client = try caller.client(asking: parameters["client"])
        let start = try await start(request, parameters)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await write(after: start, of: client, to: &writer)
                try await writer.finish(nil)
            })
    }

    /// The sequence number behind which a stream begins. `Last-Event-ID` is what a client that lost its connection
    /// sends with the path it had, so it goes before `after`.
    private func start(_ request: Request, _ parameters: QueryParameters) async throws -> Int64 {
        let after = try parameters["after"].map { _ throws(Problem) in
            try Int64(parameters.number("after", in: 0...Self.largest))
        }
        if let field = HTTPField.Name("Last-Event-ID"), let text = request.headers[field] {
            let isNumber = (1...18).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
            guard isNumber, let sequence = Int64(text) else {
                throw Problem(status: .badRequest, detail: "Last-Event-ID is the id of an event of this stream.")
            }
            return sequence
        }
        if let after { return after }
        return try await store.lastAlert()
    }

    private func write(
        after start: Int64, of client: String?, to writer: inout any ResponseBodyWriter
    ) async throws {
        var last = start
        // The first event has no data and so is none to the client, but has the stream begin.
        try await writer.write(ByteBuffer(string: ": alerts after \(start)\n\n"))
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let notices = Task {
            for await _ in feed.notices(for: client) { tick.yield() }
            // The server stops.
            tick.finish()
        }
        let beats = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.beat)
                tick.yield()
            }
        }
        defer {
            notices.cancel()
            beats.cancel()
        }
        for await _ in ticks {
            let written = try await writeNew(after: &last, of: client, to: &writer)
            if !written { try await writer.write(ByteBuffer(string: ":\n\n")) }
        }
        _ = try await writeNew(after: &last, of: client, to: &writer)
    }

    /// Writes what is new; false if nothing is.
    private func writeNew(
        after last: inout Int64, of client: String?, to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var isNew = false
        while true {
            let (events, newest) = try await feed.events(of: client, after: last)
            last = newest
            guard !events.isEmpty else { return isNew }
            isNew = true
            try await span("alerts.send", ["alerts": events.count]) {
                try await writer.write(ByteBuffer(string: events.map(\.text).joined()))
            }
        }
    }
}

extension Alert {
    /// The members of its JSON object.
    var members: [(name: String, value: JSONObject.Value)] {
        [
            ("sequence", .number(Int(sequence))), ("subscription", .text(subscription)), ("client", .text(client)),
            ("above", .number(above)), ("red", .number(red)), ("image", .text(image)), ("event", .text(event)),
            ("time", .text(time.text)), ("made", .text(made.text)), ("state", .text("\(state)")),
            ("attempts", .number(attempts)), ("traceparent", traceParent.map { .text($0) } ?? .null),
        ]
    }
}
