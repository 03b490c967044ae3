import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a request asks for.
package protocol RequestRoute: Sendable {
    /// The route as it is documented and counted: one of a bounded number, whatever is asked for.
    var name: String { get }
}

/// Answers requests by their routes: counts them, and turns refusals into problems.
package protocol RoutedResponder: HTTPResponder, Sendable where Context == RequestFacts {
    associatedtype Route: RequestRoute

    var requestMetrics: RequestMetrics { get }

    /// The route of a request, or why there is none.
    func route(of request: Request) throws(Problem) -> Route

    /// The answer. What it throws is answered too: problems as they are, anything else as ``problem(for:)`` says.
    func answer(_ route: Route, _ request: Request, _ context: RequestFacts) async throws -> Response

    /// What a client is told of an error that is none of its own; nil: only that the server failed.
    func problem(for error: any Error) -> Problem?
}

extension RoutedResponder {
    package func respond(to request: Request, context: RequestFacts) async throws -> Response {
        let begin = ContinuousClock.now
        var name = "none"
        let response = await response(to: request, context, &name)
        requestMetrics.count(name, response.status.code, ContinuousClock.now - begin)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func response(to request: Request, _ context: RequestFacts, _ name: inout String) async -> Response {
        let route: Route
        do throws(Problem) {
            try request.requireShortTarget()
            route = try self.route(of: request)
        } catch {
            // A body that nobody reads would stand before the next request.
            return (request.hasBody ? error.endingConnection() : error).response
        }
        name = route.name
        do {
            return try await answer(route, request, context)
        } catch let problem as Problem {
            return problem.response
        } catch {
            context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            let failure = Problem(status: .internalServerError, detail: "The server failed; its log says why.")
            let problem = problem(for: error) ?? failure
            return (request.hasBody ? problem.endingConnection() : problem).response
        }
    }
}
