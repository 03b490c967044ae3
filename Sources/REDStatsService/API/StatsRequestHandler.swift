import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore
import REDStats
import WallClock

/// Answers requests: admits the caller, and hands them on by their routes.
struct StatsRequestHandler: RoutedResponder {
    let store: any StatsStore
    let feed: AlertFeed
    let gate: StatsGate
    let delivery: DeliverySettings
    let counts: IngestCounts
    let deliveries: DeliveryCounts
    let graphite: GraphiteExporter?
    let requestMetrics: RequestMetrics
    let readiness: Readiness

    func route(of request: Request) throws(Problem) -> StatsRoute { try StatsRoute(request) }

    func answer(_ route: StatsRoute, _ request: Request, _ context: RequestFacts) async throws -> Response {
        if case .page(let asset) = route { return PageRequests.send(asset, request) }
        guard let scope = route.scope else {
            _ = try QueryParameters(request, of: route)
            return try await openAnswer(route)
        }
        let caller = try await gate.admit(request, for: scope, from: context.address)
        let parameters: QueryParameters
        do throws(Problem) {
            parameters = try QueryParameters(request, of: route)
        } catch {
            // A body that nobody reads would stand before the next request.
            throw request.hasBody ? error.endingConnection() : error
        }
        let subscriptions = SubscriptionRequests(store: store, delivery: delivery)
        let alerts = AlertRequests(store: store, feed: feed)
        switch route {
        case .stats: return try await StatsRequests(store: store).count(parameters, for: caller)
        case .me: return StatsRequests.me(caller, hasKeys: gate.hasKeys)
        case .listSubscriptions: return try await subscriptions.list(parameters, for: caller)
        case .addSubscription: return try await subscriptions.add(request, for: caller, context)
        case .getSubscription(let id): return try await subscriptions.get(id, for: caller)
        case .changeSubscription(let id): return try await subscriptions.change(id, request, for: caller, context)
        case .removeSubscription(let id): return try await subscriptions.remove(id, for: caller)
        case .alertStream: return try await alerts.stream(request, parameters, for: caller)
        case .alerts(let id): return try await alerts.history(id, parameters, for: caller)
        case .page, .health, .readiness, .metrics, .description: return try await openAnswer(route)
        }
    }

    /// What everybody may ask for.
    private func openAnswer(_ route: StatsRoute) async throws -> Response {
        switch route {
        case .readiness:
            guard !readiness.isStopping else {
                throw Problem(
                    status: .serviceUnavailable, detail: "The server is stopping.", headers: [.retryAfter: "5"])
            }
            _ = try await store.lastAlert()
            return Self.state("ready")
        case .metrics:
            return Response(
                status: .ok, headers: [.contentType: MetricsText.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics)))
        case .description: return .json(StatsOpenAPI.document)
        default: return Self.state("ok")
        }
    }

    private var metrics: String {
        var text = MetricsText()
        requestMetrics.add(to: &text)
        let counts = counts.values
        text.counter("red_stats_events_total", "Events counted.", counts.added)
        text.counter("red_stats_duplicates_total", "Events that had been counted before.", counts.duplicates)
        text.counter("red_stats_expired_total", "Events older than events are kept.", counts.expired)
        text.counter("red_stats_rejected_total", "Messages that are no events, made dead letters.", counts.rejected)
        func family(_ name: String, _ help: String, _ count: (DeliveryCounts.Counts) -> Int) {
            text.family(
                name, "counter", help,
                [Subscription.Channel.webhook, .email, .broker].map { channel in
                    ("{channel=\"\(channel.rawValue)\"}", "\(count(deliveries[channel]))")
                })
        }
        family("red_stats_alerts_delivered_total", "Alerts that clients were told of.") { $0.delivered }
        family("red_stats_deliveries_failed_total", "Tries to tell a client that failed.") { $0.failed }
        family("red_stats_alerts_given_up_total", "Alerts that are not tried any more.") { $0.givenUp }
        family("red_stats_subscriptions_disabled_total", "Subscriptions whose receiver failed too long.") {
            $0.disabled
        }
        if let graphite { Self.add(graphite, to: &text) }
        return text.text
    }

    private static func add(_ graphite: GraphiteExporter, to text: inout MetricsText) {
        let values = graphite.counts.values
        text.gauge("red_stats_graphite_connected", "Whether carbon is connected.", values.isConnected ? 1 : 0)
        text.gauge("red_stats_graphite_waiting", "Minutes of clients that wait to be sent.", graphite.waiting)
        text.counter("red_stats_graphite_lines_total", "Lines sent to carbon.", values.lines)
        text.counter("red_stats_graphite_failures_total", "Tries to connect or send that failed.", values.failures)
        text.counter(
            "red_stats_graphite_dropped_total", "How often a minute was not sent for want of room.", values.dropped)
        text.counter(
            "red_stats_graphite_outside_total", "Minutes not sent, older than minutes are kept, or of the future.",
            values.outside)
    }

    private static func state(_ text: String) -> Response {
        var response = Response.json("{\"status\":\"\(text)\"}")
        response.headers[.cacheControl] = "no-store"
        return response
    }

    func problem(for error: any Error) -> Problem? {
        switch error as? StatsStoreError {
        case .unavailable, .full:
            Problem(
                status: .serviceUnavailable, detail: "The server cannot reach its store at the moment.",
                headers: [.retryAfter: "5"])
        case .gone(let from, let to):
            Problem(
                status: .gone,
                detail: "What this interval needs is no longer kept; the nearest that can be answered is from "
                    + "\(from.text) to \(to.text), in steps not shorter than what is kept.")
        case .invalid(let detail): Problem(status: .unprocessableContent, detail: "\(detail).")
        case .notAURL, .newerSchema, .failed, nil: nil
        }
    }
}
