import Hummingbird
import Logging
import NIOCore

/// Answers requests: finds the route, and turns refusals into problems.
struct RequestHandler: HTTPResponder {
    typealias Context = BasicRequestContext

    let posting: PictureUpload
    let getting: PictureDownload

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let response = await response(to: request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func response(to request: Request, _ context: BasicRequestContext) async -> Response {
        do {
            return try await answer(request, context.logger)
        } catch let problem as Problem {
            return problem.response
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

    private func answer(_ request: Request, _ logger: Logger) async throws -> Response {
        switch try route(of: request) {
        case .postImage:
            return try await posting.respond(to: request, logger)
        case .getImage(let id):
            return try await getting.respond(to: request, id)
        case .health:
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"status\":\"ok\"}\n")))
        }
    }

    private func route(of request: Request) throws(Problem) -> Route {
        do throws(Problem) {
            return try Route(request)
        } catch {
            // Nobody reads the body of a request that leads nowhere.
            throw request.hasBody ? error.endingConnection() : error
        }
    }
}

/// What a request asks for.
enum Route: Equatable {
    case postImage
    case getImage(PictureID)
    case health

    /// Finds the route of a request, or says why there is none.
    init(_ request: Request) throws(Problem) {
        let path = request.uri.path
        if path == "/images" {
            try Self.require(["POST"], request)
            self = .postImage
        } else if path == "/healthz" {
            try Self.require(["GET", "HEAD"], request)
            self = .health
        } else if path.hasPrefix("/images/") {
            guard let id = PictureID(path.dropFirst("/images/".count)) else {
                throw Problem(
                    status: .notFound,
                    detail: "A picture's id is 64 lower-case hexadecimal digits, as POST /images answers it.")
            }
            try Self.require(["GET", "HEAD"], request)
            self = .getImage(id)
        } else {
            throw Problem(
                status: .notFound, detail: "There is no such path. There are /images, /images/{id} and /healthz.")
        }
    }

    private static func require(_ methods: [String], _ request: Request) throws(Problem) {
        guard !methods.contains(request.method.rawValue) else { return }
        let allowed = methods.joined(separator: ", ")
        throw Problem(
            status: .methodNotAllowed, detail: "This path takes \(allowed), not \(request.method.rawValue).",
            headers: [.allow: allowed])
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
