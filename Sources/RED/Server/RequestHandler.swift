import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Answers requests: finds the route, admits the client, and turns refusals into problems.
struct RequestHandler: HTTPResponder {
    typealias Context = RequestFacts

    let uploads: PictureUpload
    let downloads: PictureDownload
    let lists: PictureList
    let gate: Gate
    let metrics: Metrics
    let readiness: Readiness

    func respond(to request: Request, context: RequestFacts) async throws -> Response {
        let begin = ContinuousClock.now
        var route: Route?
        let response = await response(to: request, context, &route)
        metrics.countRequest(route?.name ?? "none", response.status.code, ContinuousClock.now - begin)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func response(to request: Request, _ context: RequestFacts, _ route: inout Route?) async -> Response {
        do {
            route = try Route(request)
            guard let route else { preconditionFailure("there is a route, or an error") }
            return try await answer(route, request, context)
        } catch let problem as Problem {
            // A body that nobody reads would stand before the next request.
            let isUnread = route == nil && request.hasBody
            return (isUnread ? problem.endingConnection() : problem).response
        } catch let error as StoreError {
            context.logger.error("the store fails: \(error)")
            let problem = Problem(error)
            return (request.hasBody ? problem.endingConnection() : problem).response
        } catch {
            context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            return Problem(status: .internalServerError, detail: "The server failed; its log says why.")
                .endingConnection().response
        }
    }

    private func answer(_ route: Route, _ request: Request, _ context: RequestFacts) async throws -> Response {
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
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
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

/// What is known of a request besides the request.
struct RequestFacts: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The client's network address, without the port.
    let address: String
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Lets a client that asked first, with `Expect: 100-continue`, send its body.
    func askForBody() {
        channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
    }
}

extension Request {
    /// Whether a body follows the request's head (RFC 9112, section 6).
    var hasBody: Bool {
        headers[.transferEncoding] != nil || (announcedBytes ?? 0) > 0
    }

    /// The length of the body in bytes, where the client said it.
    var announcedBytes: Int? {
        headers[.contentLength].flatMap { Int($0) }.map { max(0, $0) }
    }
}

extension Problem {
    /// What a client is told of a failing store.
    init(_ error: StoreError) {
        let isFull = error.isFull
        self.init(
            status: isFull ? HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage") : .serviceUnavailable,
            detail: isFull
                ? "The server has no room for the picture." : "The server cannot reach its pictures at the moment.",
            headers: [.retryAfter: "60"])
    }
}
