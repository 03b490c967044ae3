import NIOCore

/// Where and how a server listens, and how long it waits for its clients.
package struct HTTPSettings: Sendable {
    /// The name or address to listen on.
    package var host = "127.0.0.1"
    /// The port to listen on, 0...65535; 0 takes a free one.
    package var port = 8080
    /// For TLS; nil: HTTP without it.
    package var certificate: CertificateFiles?
    /// The most connections, as far as the process may have so many files open; for a new one beyond them the one that has
    /// been idle longest is closed.
    package var maximumConnections = 16_384
    /// How many files a request may have open, besides its connection.
    package var filesOfRequest = 0
    /// What clients may call the server; nil: anything.
    package var allowedHosts: AllowedHosts?
    /// How many seconds a client may take to begin a request, to take an answer, or to send too little of a body.
    package var idleSeconds = 30
    /// How many seconds a request's head may take.
    package var headSeconds = 10
    /// How many bytes a second of a body are enough.
    package var minimumBytesPerSecond = 1_024
    /// How many seconds requests may take to end once the server is told to stop.
    package var graceSeconds = 30

    /// The most bytes of a request's head, of its fields and of one field.
    package static let maximumHeadBytes = 16 << 10
    /// The most fields of a request's head.
    package static let maximumFields = 100
    /// The longest path and query, in bytes.
    package static let maximumTargetBytes = 2_048

    /// The loopback address, port 8080.
    package init() {}

    var patience: Patience {
        Patience(
            idle: .seconds(Int64(idleSeconds)), head: .seconds(Int64(headSeconds)),
            bytesPerSecond: minimumBytesPerSecond)
    }

    /// What is wrong with the options that say whom a server answers to; nil if nothing is.
    ///
    /// - Parameters:
    ///   - host: `--host`: with neither keys nor `--no-keys` it has to be this computer's alone.
    ///   - keys: Whether `--keys` is given.
    ///   - noKeys: Whether `--no-keys` is given.
    ///   - allowedHosts: The names of `--allowed-host`.
    ///   - certificate: `--tls-certificate`.
    ///   - key: `--tls-key`.
    package static func problem(
        host: String, keys: Bool, noKeys: Bool, allowedHosts: [String], certificate: String?, key: String?
    ) -> String? {
        if !keys, !noKeys, !AllowedHosts.isLoopback(host) {
            return "--host \(host): other computers can connect there; give --keys, or --no-keys to answer everybody"
        }
        if keys, noKeys { return "--keys and --no-keys: give one of them" }
        if let name = allowedHosts.first(where: { !AllowedHosts.isName($0) }) {
            return "--allowed-host \(name): give a name or address by itself, without scheme and port"
        }
        if keys, !allowedHosts.isEmpty {
            return "--keys and --allowed-host: give one of them; with keys any name will do"
        }
        if (certificate == nil) != (key == nil) { return "--tls-certificate and --tls-key: give both, or none" }
        return nil
    }
}
