import HTTPService
import Hoofprint
import Hummingbird
import REDStats
import WallClock

/// `/v1/subscriptions`: what clients want to be told of.
struct SubscriptionRequests: Sendable {
    private static let members: Set<String> = ["client", "above", "channel", "configuration", "enabled", "name"]
    /// The most subscriptions of a page.
    static let mostListed = 500

    let store: any StatsStore
    let delivery: DeliverySettings

    func list(_ parameters: QueryParameters, for caller: StatsCaller) async throws -> Response {
        let limit = try parameters.number("limit", in: 1...Self.mostListed, standard: 100)
        let client = try caller.client(asking: parameters["client"])
        let after = try parameters.subscription("after")
        let found = try await store.subscriptions(of: client, after: after, limit: limit + 1)
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last?.id : nil
        return .json(
            JSONObject(members: [
                ("subscriptions", .array(page.map { .json(shown($0)) })), ("next", next.map { .text($0) } ?? .null),
            ]).text)
    }

    func add(_ request: Request, for caller: StatsCaller, _ context: RequestFacts) async throws -> Response {
        let body = try await RequestJSON(request, context, names: Self.members)
        guard let above = try body.number("above", in: 0...1_000_000) else {
            throw RequestJSON.wrong("above", "it is missing; give how red a picture is to be, in parts per million")
        }
        guard let client = try caller.client(asking: body.text("client")) else {
            throw RequestJSON.wrong("client", "it is missing; say whose subscription it is to be")
        }
        let channel = try channel(body) ?? .stream
        let configuration = try configuration(body, channel)
        let isEnabled = try body.flag("enabled") ?? true
        let name = try body.isNull("name") ? nil : body.text("name")
        let subscription = try Self.valid { () throws(StatsStoreError) in
            try Subscription(
                client: client, above: above, channel: channel, configuration: configuration.json, name: name,
                isEnabled: isEnabled)
        }
        try await store.add(subscription)
        var response = Response.json(shown(subscription, configuration.newSecret), status: .created)
        response.headers[.location] = "/v1/subscriptions/\(subscription.id)"
        return response
    }

    func get(_ id: String, for caller: StatsCaller) async throws -> Response {
        guard let subscription = try await store.subscription(id, of: caller.client) else {
            throw Problem.noSubscription
        }
        return .json(shown(subscription))
    }

    func change(
        _ id: String, _ request: Request, for caller: StatsCaller, _ context: RequestFacts
    ) async throws -> Response {
        let body = try await RequestJSON(request, context, names: Self.members.subtracting(["client"]))
        guard let known = try await store.subscription(id, of: caller.client) else { throw Problem.noSubscription }
        var change = SubscriptionChange()
        change.above = try body.number("above", in: 0...1_000_000)
        change.channel = try channel(body)
        let channel = change.channel ?? known.channel
        var configuration: ChannelConfiguration?
        if body.has("configuration") || channel != known.channel {
            let previous = channel == known.channel ? known.configuration : nil
            configuration = try self.configuration(body, channel, previous: previous)
            change.configuration = configuration?.json
        }
        change.isEnabled = try body.flag("enabled")
        if body.has("name") { change.name = .some(try body.isNull("name") ? nil : body.text("name")) }
        _ = try Self.valid { () throws(StatsStoreError) in try known.changed(change) }
        guard let changed = try await store.change(id, of: caller.client, change) else { throw Problem.noSubscription }
        return .json(shown(changed, configuration?.newSecret))
    }

    func remove(_ id: String, for caller: StatsCaller) async throws -> Response {
        guard try await store.removeSubscription(id, of: caller.client) else { throw Problem.noSubscription }
        return Response(status: .noContent)
    }

    private func channel(_ body: RequestJSON) throws(Problem) -> Subscription.Channel? {
        guard let name = try body.text("channel") else { return nil }
        guard let channel = Subscription.Channel(rawValue: name) else {
            let known = Subscription.Channel.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestJSON.wrong("channel", "it is none of \(known)")
        }
        return channel
    }

    private func configuration(
        _ body: RequestJSON, _ channel: Subscription.Channel, previous: String? = nil
    ) throws(Problem) -> ChannelConfiguration {
        let json = try body.object("configuration") ?? "{}"
        do throws(ConfigurationMistake) {
            return try ChannelConfiguration(channel, json, previous: previous, delivery)
        } catch {
            throw Problem(status: .unprocessableContent, detail: "\(error).")
        }
    }

    /// A subscription as JSON, without what is secret but for a secret that was just made.
    private func shown(_ subscription: Subscription, _ newSecret: String? = nil) -> String {
        var members = subscription.members
        if let newSecret { members.append(("secret", .text(newSecret))) }
        return JSONObject(members: members).text
    }

    /// What a store would refuse is the request's mistake.
    private static func valid<R>(_ body: () throws(StatsStoreError) -> R) throws(Problem) -> R {
        do {
            return try body()
        } catch {
            throw Problem(status: .unprocessableContent, detail: "\(error).")
        }
    }
}

extension Subscription {
    /// The members of its JSON object.
    var members: [(name: String, value: JSONObject.Value)] {
        [
            ("id", .text(id)), ("client", .text(client)), ("above", .number(above)),
            ("channel", .text(channel.rawValue)), ("configuration", .json(shownConfiguration)),
            ("enabled", .flag(isEnabled)), ("name", name.map { .text($0) } ?? .null), ("created", .text(created.text)),
        ]
    }
}
