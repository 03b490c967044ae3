import NIOSSL

/// A certificate chain and its private key, as PEM files that belong together.
package struct CertificateFiles: Sendable {
    /// The chain's file.
    package let chain: String
    /// The private key's file.
    package let key: String

    package init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// What TLS needs of them, tried out: fails here, and not with the first connection.
    func configuration() throws(CertificateError) -> TLSConfiguration {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(chain)
            let key = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw CertificateError(files: self, detail: "\(error)")
        }
    }
}

/// A certificate and key that TLS cannot use.
package struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// The files.
    package let files: CertificateFiles
    /// What is wrong.
    package let detail: String

    /// The files, and what is wrong with them.
    package var description: String {
        "cannot use the certificate '\(files.chain)' with the key '\(files.key)': \(detail); "
            + "give PEM files that belong together"
    }
}
