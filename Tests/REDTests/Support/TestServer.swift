import Foundation
import HTTPTestSupport
import Logging
import ServiceLifecycle
import TestSupport

@testable import RED

extension TemporaryFolder {
    /// The paths of the pictures in it, whole ones and those being received, sorted.
    var files: [String] {
        let all = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.isRegularFileKey])
        return (all?.allObjects as? [URL] ?? [])
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false }
            .map { String($0.path.dropFirst(url.path.count + 1)) }
            .filter { !$0.hasPrefix("records.sqlite") && $0 != "lock" }.sorted()
    }
}

/// A server in this process, on a free port, with an empty store.
struct TestServer: Sendable {
    /// Says what nobody needs to read in a test's output nowhere.
    static let silentLogger = Logger(label: "red") { _ in SwiftLogNoOpLogHandler() }

    let client: Exchange
    let folder: TemporaryFolder

    /// Runs `body` beside a server; the server is stopped, and its requests are done, on return.
    static func with<R: Sendable>(
        _ change: (inout REDServer.Configuration) -> Void = { _ in },
        _ body: @Sendable (TestServer) async throws -> R
    ) async throws -> R {
        let folder = try TemporaryFolder()
        var configuration = REDServer.Configuration()
        configuration.port = 0
        configuration.store = folder.url.path
        change(&configuration)
        let logger = silentLogger
        let server = try REDServer(configuration, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        return try await server.withServices(onListening: { port.yield(URL(string: $0)?.port ?? 0) }) { services in
            let group = ServiceGroup(services: services, logger: logger)
            async let running: Void = group.run()
            var iterator = ports.makeAsyncIterator()
            let taken = await iterator.next() ?? 0
            let result: Result<R, any Error>
            do {
                result = .success(try await body(TestServer(client: Exchange(port: taken), folder: folder)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await running
            return try result.get()
        }
    }
}
