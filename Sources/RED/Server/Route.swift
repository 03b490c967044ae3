import HTTPService
import Hummingbird

/// What a request asks for.
enum Route: RequestRoute, Equatable {
    case postImage
    case listImages
    case getImage(PictureID)
    case deleteImage(PictureID)
    case measure
    case health
    case readiness
    case metrics
    case description

    /// The route as it is documented and counted: of a bounded number, whatever is asked for.
    var name: String {
        switch self {
        case .postImage: "POST /images"
        case .listImages: "GET /images"
        case .getImage: "GET /images/{id}"
        case .deleteImage: "DELETE /images/{id}"
        case .measure: "POST /red"
        case .health: "GET /healthz"
        case .readiness: "GET /readyz"
        case .metrics: "GET /metrics"
        case .description: "GET /openapi.json"
        }
    }

    /// Whether it is for clients: behind keys and rates.
    var isForClients: Bool {
        switch self {
        case .postImage, .listImages, .getImage, .deleteImage, .measure: true
        case .health, .readiness, .metrics, .description: false
        }
    }

    /// Finds the route of a request, or says why there is none.
    init(_ request: Request) throws(Problem) {
        let path = request.uri.path
        let method = request.method
        let isRead = method == .get || method == .head
        switch path {
        case "/images":
            try request.require(["GET", "HEAD", "POST"])
            self = isRead ? .listImages : .postImage
        case "/red":
            try request.require(["POST"])
            self = .measure
        case "/healthz": self = try Self.reading(.health, request)
        case "/readyz": self = try Self.reading(.readiness, request)
        case "/metrics": self = try Self.reading(.metrics, request)
        case "/openapi.json": self = try Self.reading(.description, request)
        case _ where path.hasPrefix("/images/"):
            guard let id = PictureID(path.dropFirst("/images/".count)) else {
                throw Problem(
                    status: .notFound,
                    detail: "A picture's id is 64 lower-case hexadecimal digits, as POST /images answers it.")
            }
            try request.require(["GET", "HEAD", "DELETE"])
            self = isRead ? .getImage(id) : .deleteImage(id)
        default:
            throw Problem(status: .notFound, detail: "There is no such path. GET /openapi.json tells those there are.")
        }
    }

    private static func reading(_ route: Route, _ request: Request) throws(Problem) -> Route {
        try request.require(["GET", "HEAD"])
        return route
    }
}
