import Foundation
import HTTPService
import HTTPTestSupport
import TestSupport
import Testing

@testable import RED

/// HTTPS, asked for by Python's client: a different implementation of TLS and HTTP.
struct TLSTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/tls")
    private static let certificate = folder.appendingPathComponent("localhost.pem").path
    private static let key = folder.appendingPathComponent("localhost-key.pem").path

    private static let client = """
        import http.client, ssl, sys
        context = ssl.create_default_context(cafile=sys.argv[2])
        client = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context)
        client.request("POST", "/images", body=sys.stdin.buffer.read())
        answer = client.getresponse()
        id = __import__("json").loads(answer.read())["id"]
        client.request("GET", "/images/" + id)
        sys.stdout.buffer.write(client.getresponse().read())
        """

    @Test func `A picture goes there and back over TLS`() async throws {
        let picture = PNG.picture(width: 300, height: 200)
        try await TestServer.with {
            $0.host = "localhost"
            $0.certificate = (Self.certificate, Self.key)
        } _: { server in
            let port = "\(server.client.port)"
            let run = try await onThread {
                try ProgramRun.run("python3", ["-c", Self.client, port, Self.certificate], input: picture)
            }
            #expect(run.error == "")
            #expect(run.standardOutput == picture)
        }
    }

    @Test func `A key that is not the certificate's is refused at the start`() throws {
        let folder = try TemporaryFolder()
        var configuration = REDServer.Configuration()
        configuration.store = folder.url.path
        configuration.certificate = (Self.certificate, Self.certificate)
        let error = #expect(throws: CertificateError.self) {
            try REDServer(configuration, logger: TestServer.silentLogger)
        }
        #expect(error?.description.hasPrefix("cannot use the certificate '\(Self.certificate)'") == true)
    }
}
