import Hummingbird
import Logging

/// A line in the log for each request that failed.
struct RequestLog<Context: RequestContext>: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            if response.status.code >= 500 { note(request, "\(response.status)") }
            return response
        } catch {
            note(request, "\(error)")
            throw error
        }
    }

    private func note(_ request: Request, _ reason: String) {
        logger.error("failed: \(reason)", metadata: ["method": "\(request.method)", "path": "\(request.uri.path)"])
    }
}
