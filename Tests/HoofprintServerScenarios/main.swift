// Programs that the tests of HoofprintMetrics and HoofprintService run as processes of their own, one by name: each sets up
// what is set up once a process.

import Foundation
import Hoofprint
import HoofprintMetrics
import HoofprintService
import Hummingbird
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// Writes a line at once, also where standard output is a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// Works until the group shuts down, and a little then.
struct Worker: Service {
    func run() async throws {
        span("work") {}
        say("ready")
        try await gracefulShutdown()
        await span("last") { await Task.yield() }
        Counter(label: "jobs.finished").increment()
    }
}

/// Gives up.
struct Quitter: Service {
    struct Failure: Error {}

    func run() async throws {
        span("work") {}
        throw Failure()
    }
}

func runGroup(_ services: [any Service]) async throws {
    var logger = Logger(label: "group")
    logger.logLevel = .critical
    try await ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm], logger: logger).run()
    // The group has returned: what is written from here on is behind the log's end.
    span("late") {}
    say("returned")
}

/// A server with the metrics that Hummingbird has of itself.
func runServer() async throws {
    MetricsSystem.bootstrap(HoofprintMetrics())
    let router = Router()
    router.add(middleware: MetricsMiddleware())
    router.get("/hello/{name}") { _, context in "hello \(try context.parameters.require("name"))" }
    router.get("/fails") { _, _ -> String in throw HTTPError(.conflict) }
    var logger = Logger(label: "server")
    logger.logLevel = .critical
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in say("listening \(channel.localAddress?.port ?? 0)") }, logger: logger)
    try await runGroup([try HoofprintService(), application])
}

switch CommandLine.arguments.dropFirst().first {
case "server": try await runServer()
case "group":
    MetricsSystem.bootstrap(HoofprintMetrics())
    try await runGroup([try HoofprintService(), Worker()])
case "failure":
    do { try await runGroup([try HoofprintService(), Quitter()]) } catch { say("\(error)") }
case "twice":
    HoofprintSystem.bootstrap()
    do { _ = try HoofprintService() } catch { say("\(error)") }
case "off":
    try await runGroup([try HoofprintService(HoofprintSystem.Configuration(mode: .off)), Worker()])
default: fatalError("usage: hoofprint-server-scenarios server|group|failure|twice|off")
}
