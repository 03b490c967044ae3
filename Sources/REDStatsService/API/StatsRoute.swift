import HTTPService
import Hummingbird
import StatsPage

/// What a request asks for.
enum StatsRoute: RequestRoute, Equatable {
    case stats
    case me
    case listSubscriptions
    case addSubscription
    case getSubscription(String)
    case changeSubscription(String)
    case removeSubscription(String)
    case alertStream
    case alerts(of: String)
    case page(PageAsset)
    case health
    case readiness
    case metrics
    case description

    var name: String {
        switch self {
        case .stats: "GET /v1/stats"
        case .me: "GET /v1/me"
        case .listSubscriptions: "GET /v1/subscriptions"
        case .addSubscription: "POST /v1/subscriptions"
        case .getSubscription: "GET /v1/subscriptions/{id}"
        case .changeSubscription: "PATCH /v1/subscriptions/{id}"
        case .removeSubscription: "DELETE /v1/subscriptions/{id}"
        case .alertStream: "GET /v1/alerts"
        case .alerts: "GET /v1/alerts/{subscription}"
        case .page: "GET /"
        case .health: "GET /healthz"
        case .readiness: "GET /readyz"
        case .metrics: "GET /metrics"
        case .description: "GET /openapi.json"
        }
    }

    /// What a caller needs for it; nil: nothing.
    var scope: StatsCaller.Scope? {
        switch self {
        case .stats, .me, .listSubscriptions, .getSubscription, .alertStream, .alerts: .read
        case .addSubscription, .changeSubscription, .removeSubscription: .write
        case .page, .health, .readiness, .metrics, .description: nil
        }
    }

    /// The names of the query's parameters.
    var parameters: Set<String> {
        switch self {
        case .stats: ["from", "to", "above", "client", "step"]
        case .listSubscriptions: ["client", "after", "limit"]
        case .alertStream: ["client", "after"]
        case .alerts: ["before", "limit"]
        default: []
        }
    }

    /// Finds the route of a request, or says why there is none.
    init(_ request: Request) throws(Problem) {
        let isRead = request.method == .get || request.method == .head
        switch request.uri.path {
        case "/v1/stats": self = try Self.reading(.stats, request)
        case "/v1/me": self = try Self.reading(.me, request)
        case "/v1/alerts": self = try Self.reading(.alertStream, request)
        case "/v1/subscriptions":
            try request.require(["GET", "HEAD", "POST"])
            self = isRead ? .listSubscriptions : .addSubscription
        case "/healthz": self = try Self.reading(.health, request)
        case "/readyz": self = try Self.reading(.readiness, request)
        case "/metrics": self = try Self.reading(.metrics, request)
        case "/openapi.json": self = try Self.reading(.description, request)
        case let path where path.hasPrefix("/v1/subscriptions/"):
            let id = try Self.id(path.dropFirst("/v1/subscriptions/".count))
            try request.require(["GET", "HEAD", "PATCH", "DELETE"])
            self =
                isRead
                ? .getSubscription(id) : request.method == .patch ? .changeSubscription(id) : .removeSubscription(id)
        case let path where path.hasPrefix("/v1/alerts/"):
            self = try Self.reading(.alerts(of: Self.id(path.dropFirst("/v1/alerts/".count))), request)
        case let path:
            if let asset = StatsPage.asset(path) {
                self = try Self.reading(.page(asset), request)
                return
            }
            throw Problem(status: .notFound, detail: "There is no such path. GET /openapi.json tells those there are.")
        }
    }

    /// A subscription's id: nothing else can be looked up.
    private static func id(_ text: Substring) throws(Problem) -> String {
        guard isSubscription(text) else { throw .noSubscription }
        return String(text)
    }

    /// Whether a text may be a subscription's id.
    static func isSubscription(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func reading(_ route: StatsRoute, _ request: Request) throws(Problem) -> StatsRoute {
        try request.require(["GET", "HEAD"])
        return route
    }
}

extension Problem {
    /// A subscription that is not there, or another client's, which is the same.
    static let noSubscription = Problem(status: .notFound, detail: "There is no such subscription.")
}
