import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers requests: admits the client, and hands them on by their routes.
struct RequestHandler: RoutedResponder {
    let uploads: PictureUpload
    let downloads: PictureDownload
    let lists: PictureList
    let gate: Gate
    let metrics: Metrics
    let readiness: Readiness

    var requestMetrics: RequestMetrics { metrics.requests }

    func route(of request: Request) throws(Problem) -> Route { try Route(request) }

    func problem(for error: any Error) -> Problem? { (error as? StoreError).map(Problem.init) }

    func answer(_ route: Route, _ request: Request, _ context: RequestFacts) async throws -> Response {
        let client = route.isForClients ? try gate.admit(request, from: context.address) : .anonymous
        switch route {
        case .postImage: return try await uploads.keep(request, of: client, context)
        case .measure: return try await uploads.measure(request, of: client, context)
        case .listImages: return try await lists.respond(to: request, for: client)
        case .getImage(let id): return try await downloads.send(id, request, to: client)
        case .deleteImage(let id): return try await downloads.remove(id, of: client)
        case .health: return Self.state("{\"status\":\"ok\"}", .ok)
        case .readiness: return try await ready()
        case .metrics:
            return Response(
                status: .ok, headers: [.contentType: MetricsText.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try await metrics.text())))
        case .description: return .json(OpenAPI.document)
        }
    }

    private func ready() async throws -> Response {
        guard !readiness.isStopping else {
            throw Problem(status: .serviceUnavailable, detail: "The server is stopping.", headers: [.retryAfter: "5"])
        }
        try await downloads.files.run { try downloads.store.check() }
        return Self.state("{\"status\":\"ready\"}", .ok)
    }

    private static func state(_ text: String, _ status: HTTPResponse.Status) -> Response {
        var response = Response.json(text, status: status)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension Problem {
    /// What a client is told of a failing store.
    init(_ error: StoreError) {
        let isFull = error.isFull
        guard !error.isWaitingForBroker else {
            self.init(
                status: .serviceUnavailable,
                detail: "The server cannot pass its events on, and takes no more pictures.",
                headers: [.retryAfter: "60"])
            return
        }
        self.init(
            status: isFull ? HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage") : .serviceUnavailable,
            detail: isFull
                ? "The server has no room for the picture." : "The server cannot reach its pictures at the moment.",
            headers: [.retryAfter: "60"])
    }
}
