import AsyncHTTPClient
import Foundation
import Hoofprint
import Hummingbird
import Logging
import NIOCore
import Tracing

/// A server with Hummingbird's middleware. It listens on a free port, says which, and ends at SIGTERM.
enum Server {
    static func run() async throws {
        let router = Router()
        router.middlewares.add(TracingMiddleware())
        router.get("users/:id") { _, context in
            let id = try context.parameters.require("id")
            return try await span("users.load") { () async throws in
                Logger(label: "server").info("loading a user")
                guard id != "0" else { throw HTTPError(.internalServerError) }
                return "user \(id)"
            }
        }
        var logger = Logger(label: "hummingbird")
        logger.logLevel = .error
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                FileHandle.standardError.write(
                    Data("listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
            }, logger: logger)
        try await app.runService()
    }
}

/// A client that asks such a server, with AsyncHTTPClient.
enum Client {
    static func run(_ server: String) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        for user in ["1", "2", "0"] {
            try await withSpan("client.job") { _ in
                Logger(label: "client").info("asking")
                let response = try await client.execute(
                    HTTPClientRequest(url: "\(server)/users/\(user)"), timeout: .seconds(30))
                _ = try await response.body.collect(upTo: 1024)
            }
        }
        // Its other interface, of futures: the span is begun on an event loop.
        try await withSpan("client.future") { _ in
            _ = try await client.get(url: "\(server)/users/3").get()
        }
        try await client.shutdown()
    }
}
