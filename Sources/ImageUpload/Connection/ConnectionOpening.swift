import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one server.
struct ConnectionOpening: Sendable {
    /// TLS cannot be set up.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private let target: UploadTarget
    private let timeout: TimeAmount
    private let tls: NIOSSLContext?

    var isSecure: Bool { target.isSecure }

    /// Reads the certificates, where the target wants any.
    init(_ target: UploadTarget, _ options: UploadOptions) throws(Unusable) {
        self.target = target
        timeout = .seconds(Int64(options.connectTimeoutSeconds))
        guard target.isSecure else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if let file = options.certificateAuthorities {
            configuration.trustRoots = .certificates(try Self.certificates(file))
        }
        do {
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Unusable(
                description: "TLS cannot be used: \(PrintableText.line(String(describing: error), limit: 200))")
        }
    }

    private static func certificates(_ file: FilePath) throws(Unusable) -> [NIOSSLCertificate] {
        func unusable(_ what: String) -> Unusable {
            Unusable(description: "cannot use the certificates in '\(file)': \(what)")
        }
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try file.contents(limit: 4 << 20)
        } catch {
            throw unusable(error.description)
        }
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            guard !certificates.isEmpty else { throw unusable("there are none") }
            return certificates
        } catch let error as Unusable {
            throw error
        } catch {
            throw unusable("they are not in PEM form: \(PrintableText.line(String(describing: error), limit: 100))")
        }
    }

    /// Opens `connection`; what becomes of it, it tells itself. To be called on `loop`.
    func open(_ connection: UploadConnection, on loop: any EventLoop) {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let (target, tls) = (target, tls)
        ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: target.isAddress ? nil : target.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(host: target.host, port: target.port)
            .whenFailure { bound.value.cannotConnect($0) }
    }
}
