import Foundation

/// What RabbitMQ's nodes on one machine share: a folder, with the cookie by which they trust each other, and the `epmd` by
/// which they find each other. Neither is the system's.
package final class RabbitMQSite: Sendable {
    /// Its folder.
    let folder: TemporaryFolder
    /// The port of `epmd`.
    let mapperPort: UInt16
    /// The nodes that are to form a cluster.
    let nodes: [String]
    /// The certificate of all nodes, for `localhost`, signed by itself.
    package let certificate: String
    private let mapper: ServerProcess

    /// Starts `epmd`.
    ///
    /// - Parameter nodes: Names of nodes of one cluster; the first is to be started first.
    package init(nodes: [String]) throws {
        folder = try TemporaryFolder()
        mapperPort = try ServerProcess.freePort()
        self.nodes = nodes
        certificate = folder.url.appendingPathComponent("certificate.pem").path
        let run = try ProgramRun.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", folder.url.appendingPathComponent("key.pem").path, "-out",
                certificate,
            ])
        guard run.status == 0 else { throw ServerProcess.Failure("openssl: \(run.error)") }
        mapper = try ServerProcess(
            "epmd", ["-port", "\(mapperPort)", "-address", "127.0.0.1"],
            log: folder.url.appendingPathComponent("epmd.log"),
            removing: folder.url)
    }

    /// The folder of a node.
    func path(_ node: String, _ name: String) -> String { folder.url.appendingPathComponent("\(node)-\(name)").path }

    /// A node's configuration, `rabbitmq.conf`.
    func settings(port: UInt16, encryptedPort: UInt16) -> String {
        var lines = [
            "listeners.tcp.default = 127.0.0.1:\(port)", "listeners.ssl.default = 127.0.0.1:\(encryptedPort)",
            "ssl_options.cacertfile = \(certificate)", "ssl_options.certfile = \(certificate)",
            "ssl_options.keyfile = \(folder.url.appendingPathComponent("key.pem").path)",
            "disk_free_limit.absolute = 10MB",
        ]
        if nodes.count > 1 {
            lines.append("cluster_formation.peer_discovery_backend = classic_config")
            for (index, node) in nodes.enumerated() {
                lines.append("cluster_formation.classic_config.nodes.\(index + 1) = \(node)@localhost")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
