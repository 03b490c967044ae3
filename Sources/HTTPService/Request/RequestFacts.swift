import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What is known of a request besides the request.
package struct RequestFacts: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The client's network address, without the port.
    package let address: String
    private let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Lets a client that asked first, with `Expect: 100-continue`, send its body.
    package func askForBody() {
        channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
    }
}

extension Request {
    /// Whether a body follows the request's head (RFC 9112, section 6).
    package var hasBody: Bool {
        headers[.transferEncoding] != nil || (announcedBytes ?? 0) > 0
    }

    /// The length of the body in bytes, where the client said it.
    package var announcedBytes: Int? {
        headers[.contentLength].flatMap { Int($0) }.map { max(0, $0) }
    }

    /// The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
    package var bearerToken: Substring? {
        guard let words = headers[.authorization]?.split(separator: " "), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return words[1]
    }

    /// Refuses any other method than these.
    package func require(_ methods: [String]) throws(Problem) {
        guard !methods.contains(method.rawValue) else { return }
        let allowed = methods.joined(separator: ", ")
        throw Problem(
            status: .methodNotAllowed, detail: "This path takes \(allowed), not \(method.rawValue).",
            headers: [.allow: allowed])
    }

    /// Refuses a target that is longer than a server takes.
    package func requireShortTarget() throws(Problem) {
        guard uri.string.utf8.count > HTTPSettings.maximumTargetBytes else { return }
        throw Problem(
            status: .uriTooLong,
            detail: "The request's target is longer than \(HTTPSettings.maximumTargetBytes) bytes.")
    }
}

extension Response {
    /// An answer of JSON text.
    package static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
