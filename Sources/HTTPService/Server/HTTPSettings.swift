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

    /// Whether only programs of this computer can connect to a name or address.
    package static func isLoopback(_ host: String) -> Bool { AllowedHosts.isLoopback(host) }
}
