import HTTPTypes
import Hummingbird
import NIOCore

/// A refusal of a request, answered as `application/problem+json` (RFC 9457).
package struct Problem: Error {
    /// The answer's status; its reason phrase is the problem's title.
    package let status: HTTPResponse.Status
    /// What is wrong with this request and what to do about it. Holds nothing of the server's inside.
    package let detail: String
    /// Further header fields.
    package var headers: HTTPFields
    /// Whether the request's body was not read to its end, so that the connection cannot be used further.
    package var endsConnection: Bool

    package init(
        status: HTTPResponse.Status, detail: String, headers: HTTPFields = [:], endsConnection: Bool = false
    ) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.endsConnection = endsConnection
    }

    /// The answer.
    package var response: Response {
        let (head, body) = message
        return Response(status: status, headers: head.headerFields, body: ResponseBody(byteBuffer: body))
    }

    /// The answer as it goes over the wire.
    var message: (head: HTTPResponse, body: ByteBuffer) {
        let object = JSONObject(members: [
            ("type", .text("about:blank")), ("title", .text(status.reasonPhrase)),
            ("status", .number(status.code)), ("detail", .text(detail)),
        ])
        let body = ByteBuffer(string: object.text + "\n")
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.contentLength] = "\(body.readableBytes)"
        if endsConnection { headers[.connection] = "close" }
        return (HTTPResponse(status: status, headerFields: headers), body)
    }

    /// The same, ending the connection.
    package func endingConnection() -> Problem {
        var problem = self
        problem.endsConnection = true
        return problem
    }
}
