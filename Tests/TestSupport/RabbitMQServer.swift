import Foundation

/// A RabbitMQ of the tests' own, from Debian's package, with its own ports, name and folder.
package actor RabbitMQServer {
    /// The one that tests share that do not stop it.
    package static let shared = RabbitMQServer()

    private static let program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    private let name: String
    private var site: RabbitMQSite?
    private var environment: [String: String] = [:]
    private var port: UInt16 = 0
    private var encryptedPort: UInt16 = 0
    private var server: ServerProcess?
    private var starting: Task<Void, any Error>?

    /// Runs nothing yet.
    ///
    /// - Parameters:
    ///   - name: One of the site's nodes.
    ///   - site: Where other nodes of its cluster are.
    package init(_ name: String = "node", site: RabbitMQSite? = nil) { (self.name, self.site) = (name, site) }

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

    /// Its port of 127.0.0.1; once it runs.
    package var listeningPort: UInt16 { port }

    /// Its URL with TLS, and the certificate to trust for it.
    package func encrypted() async throws -> (url: String, certificate: String) {
        _ = try await url()
        return ("amqps://guest:guest@localhost:\(encryptedPort)", site?.certificate ?? "")
    }

    private func start() async throws {
        let isRestart = port != 0
        let site = try site ?? RabbitMQSite(nodes: [name])
        self.site = site
        if !isRestart { try prepare(site) }
        let log = URL(fileURLWithPath: site.path(name, "output.log"))
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

    /// Has the queues choose their leaders now, and waits for that. Where there is but one node RabbitMQ 3.10 takes up to
    /// minutes for it after a restart, and a queue that still reads its log takes no notice of being told.
    private func electLeaders() async throws {
        try await evaluate(
            #"""
            Elect = fun F(_, 0) -> exit(no_leader);
                        F(N, Tries) ->
                            case ra:members({N, node()}, 2000) of
                                {ok, _, {_, _}} -> ok;
                                _ -> ra:trigger_election({N, node()}), timer:sleep(200), F(N, Tries - 1)
                            end
                    end,
            [Elect(N, 60) || N <- registered(), lists:prefix("%2F", atom_to_list(N))].
            """#)
    }

    /// Runs an expression of Erlang in it.
    package func evaluate(_ expression: String) async throws {
        let environment = environment
        let run = try await onThread {
            try ProgramRun.run(
                "/usr/lib/rabbitmq/bin/rabbitmqctl", ["eval", expression], environment)
        }
        guard run.status == 0 else { throw ServerProcess.Failure("rabbitmqctl: \(run.output)\(run.error)") }
    }

    private func prepare(_ site: RabbitMQSite) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw ServerProcess.Failure("rabbitmq-server is not installed; scripts/setup installs it")
        }
        port = try ServerProcess.freePort()
        encryptedPort = try ServerProcess.freePort()
        func path(_ file: String) -> String { site.path(name, file) }
        try Data("[].\n".utf8).write(to: URL(fileURLWithPath: path("plugins")))
        try Data(site.settings(port: port, encryptedPort: encryptedPort).utf8).write(
            to: URL(fileURLWithPath: path("rabbitmq.conf")))
        environment = [
            "HOME": site.folder.url.path, "ERL_EPMD_PORT": "\(site.mapperPort)", "ERL_EPMD_ADDRESS": "127.0.0.1",
            // With it the start script becomes the server, rather than its parent.
            "NOTIFY_SOCKET": path("none"),
            "RABBITMQ_NODENAME": "\(name)@localhost", "RABBITMQ_NODE_PORT": "\(port)",
            "RABBITMQ_DIST_PORT": "\(try ServerProcess.freePort())", "RABBITMQ_MNESIA_BASE": path("data"),
            "RABBITMQ_LOG_BASE": path("log"), "RABBITMQ_CONFIG_FILE": path("rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": path("plugins"), "RABBITMQ_CONF_ENV_FILE": path("none"),
            // Its threads do not spin while they have nothing to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        ]
    }
}
