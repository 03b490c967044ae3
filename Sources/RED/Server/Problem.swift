import Hummingbird
import NIOCore

/// A refusal of a request, answered as `application/problem+json` (RFC 9457).
struct Problem: Error {
    /// The answer's status; its reason phrase is the problem's title.
    let status: HTTPResponse.Status
    /// What is wrong with this request and what to do about it. Holds nothing of the server's inside.
    let detail: String
    /// Further header fields.
    var headers: HTTPFields = [:]
    /// Whether the request's body was not read to its end, so that the connection cannot be used further.
    var endsConnection = false

    /// The answer.
    var response: Response {
        let object = JSONObject(members: [
            ("type", .text("about:blank")), ("title", .text(status.reasonPhrase)),
            ("status", .number(status.code)), ("detail", .text(detail)),
        ])
        var headers = headers
        headers[.contentType] = "application/problem+json"
        if endsConnection { headers[.connection] = "close" }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: object.text + "\n")))
    }

    /// The same, ending the connection.
    func endingConnection() -> Problem {
        var problem = self
        problem.endsConnection = true
        return problem
    }
}
