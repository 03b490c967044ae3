import EventBroker
import HTTPService
import Redness

extension REDServer {
    /// How a server is set up.
    public struct Configuration: Sendable {
        /// The name or address to listen on.
        public var host = "127.0.0.1"
        /// The port to listen on, 0...65535; 0 takes a free one.
        public var port = 8080
        /// The folder that pictures are kept in; it is created where it is missing.
        public var store = "./images"
        /// The most bytes of a picture; longer ones are refused with 413.
        public var maximumBytes = 32 << 20
        /// The most uploads in flight; further ones are refused with 503.
        public var maximumUploads = 256
        /// The most uploads in flight of one client, or where there are no keys of one address; further ones are refused with
        /// 429. Less than all, so that nobody's stalled uploads keep everybody out.
        public var maximumUploadsOfClient = 128
        /// The most connections, as far as the process may have so many files open; for a new one beyond them the one that has
        /// been idle longest is closed.
        public var maximumConnections = 16_384
        /// How many requests a second a client may send on average; further ones are refused with 429. Nil: any number.
        public var requestsPerSecond: Int?
        /// The broker that is told of each picture that is kept, by its URL: `embedded:PATH`, `amqp://…` or `kafka://…`;
        /// nil: nobody is told.
        public var broker: String?
        /// Who asks the broker, where its URL does not say it.
        public var brokerCredentials: Credentials?
        /// The clients' keys; nil where everybody may use the server.
        public var keys: KeyRing?
        /// Names and addresses, without ports, that clients may call a server without keys, besides `localhost`, loopback
        /// addresses and ``host``. On the loopback address other names are refused with 421; elsewhere any will do unless one
        /// is given here.
        public var allowedHosts: [String] = []
        /// The files of a certificate chain and its private key, PEM; nil: HTTP without TLS.
        public var certificate: (chain: String, key: String)?
        /// How many seconds a client may take to begin a request, to take an answer, or to send too little of a body.
        public var idleSeconds = 30
        /// How many seconds a request's head may take.
        public var headSeconds = 10
        /// How many bytes a second of a body are enough.
        public var minimumBytesPerSecond = 1_024
        /// How many seconds requests may take to end once the server is told to stop.
        public var graceSeconds = 30

        /// A server on the loopback address, port 8080.
        public init() {}

        /// What a picture may be.
        var pictureLimits: PictureLimits {
            var limits = PictureLimits()
            limits.bytes = maximumBytes
            return limits
        }

        /// How the server listens.
        var http: HTTPSettings {
            var settings = HTTPSettings()
            settings.host = host
            settings.port = port
            settings.certificate = certificate.map { CertificateFiles(chain: $0.chain, key: $0.key) }
            settings.maximumConnections = maximumConnections
            settings.filesOfRequest = 1
            settings.allowedHosts = AllowedHosts(
                listeningOn: host, names: allowedHosts, asksForKeys: keys != nil)
            settings.idleSeconds = idleSeconds
            settings.headSeconds = headSeconds
            settings.minimumBytesPerSecond = minimumBytesPerSecond
            settings.graceSeconds = graceSeconds
            return settings
        }
    }
}
