import Foundation

/// A RabbitMQ of the tests' own, from Debian's package, with its own ports, name, and folder, and an `epmd` of its own.
package actor RabbitMQServer {
    /// The one that tests share that do not stop it.
    package static let shared = RabbitMQServer()

    private static let program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    private var folder: TemporaryFolder?
    private var environment: [String: String] = [:]
    private var port: UInt16 = 0
    private var portMapper: ServerProcess?
    private var server: ServerProcess?
    private var starting: Task<Void, any Error>?

    /// Runs nothing yet.
    package init() {}

    /// Starts it if it does not run, and gives its URL.
    package func url() async throws -> String {
        if starting == nil { starting = Task { try await self.start() } }
        try await starting?.value
        return "amqp://guest:guest@127.0.0.1:\(port)"
    }

    /// Ends it as a loss of power would, except for what the system has not yet written to the disk.
    package func kill() {
        server?.end()
        server = nil
        starting = nil
    }

    private func start() async throws {
        let isRestart = folder != nil
        try prepare()
        guard let folder else { return }
        let log = folder.url.appendingPathComponent("server.log")
        let server = try ServerProcess(Self.program, [], environment, log: log)
        try await server.waitUntilListening(port)
        self.server = server
        if isRestart { try await electLeaders() }
    }

    /// Has it write to the disk which quorum queues there are. RabbitMQ 3.10 (ra 2.2.0) does so minutes after a queue was
    /// declared, and forgets its messages if it is killed before.
    package func settle() async throws {
        try await evaluate("[dets:sync(T) || T <- dets:all()].")
    }

    /// Has the queues choose their leaders now. Where there is but one node RabbitMQ 3.10 takes up to minutes for that after
    /// a restart.
    private func electLeaders() async throws {
        try await evaluate(
            #"[ra:trigger_election({N, node()}) || N <- registered(), lists:prefix("%2F", atom_to_list(N))]."#)
    }

    private func evaluate(_ expression: String) async throws {
        let (environment, folder) = (environment, folder)
        let run = try await onThread {
            try ProgramRun.run(
                "/usr/lib/rabbitmq/bin/rabbitmqctl", ["eval", expression], environment, in: folder?.url)
        }
        guard run.status == 0 else { throw ServerProcess.Failure("rabbitmqctl: \(run.output)\(run.error)") }
    }

    private func prepare() throws {
        if folder != nil { return }
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw ServerProcess.Failure("rabbitmq-server is not installed; scripts/setup installs it")
        }
        let folder = try TemporaryFolder()
        self.folder = folder
        func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
        port = try ServerProcess.freePort()
        let mapperPort = try ServerProcess.freePort()
        try Data("[].\n".utf8).write(to: URL(fileURLWithPath: path("plugins")))
        let settings = "listeners.tcp.default = 127.0.0.1:\(port)\ndisk_free_limit.absolute = 10MB\n"
        try Data(settings.utf8).write(to: URL(fileURLWithPath: path("rabbitmq.conf")))
        environment = [
            "HOME": folder.url.path, "ERL_EPMD_PORT": "\(mapperPort)", "ERL_EPMD_ADDRESS": "127.0.0.1",
            // With it the start script becomes the server, rather than its parent.
            "NOTIFY_SOCKET": path("none"),
            "RABBITMQ_NODENAME": "test\(mapperPort)@localhost", "RABBITMQ_NODE_PORT": "\(port)",
            "RABBITMQ_DIST_PORT": "\(try ServerProcess.freePort())", "RABBITMQ_MNESIA_BASE": path("data"),
            "RABBITMQ_LOG_BASE": path("log"), "RABBITMQ_CONFIG_FILE": path("rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": path("plugins"), "RABBITMQ_CONF_ENV_FILE": path("none"),
            // Its threads do not spin while they have nothing to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        ]
        portMapper = try ServerProcess(
            "epmd", ["-port", "\(mapperPort)", "-address", "127.0.0.1"],
            log: folder.url.appendingPathComponent("epmd.log"))
    }
}
