import HTTPService
import HTTPTypes
import Hummingbird

/// Who may come in: whoever has a key where the server asks for them, else anybody by any name; and how often.
struct Gate: Sendable {
    /// The clients' keys; nil where everybody may come in.
    let keys: KeyRing?
    /// Nil where requests are not limited.
    let limiter: RateLimiter?

    /// The client that sent a request.
    ///
    /// - Parameter address: The client's network address: whose allowance a request without a valid key takes.
    /// - Throws: 401 without a valid key, 429 beyond the rate.
    func admit(_ request: Request, from address: String) throws(Problem) -> Client {
        let anonymous = Client.anonymous.from(address)
        guard let keys else {
            try count(anonymous, request)
            return try named(by: request)?.from(address) ?? anonymous
        }
        guard let client = request.bearerToken.flatMap(keys.client(withKey:)) else {
            try count(anonymous, request)
            throw Problem(
                status: .unauthorized,
                detail: "This server asks for a key. Send it as 'Authorization: Bearer KEY'.",
                headers: [.wwwAuthenticate: "Bearer"], endsConnection: request.hasBody)
        }
        try count(client, request)
        // Of no consequence with keys; what is malformed is so everywhere.
        _ = try named(by: request)
        return client
    }

    /// The client that a request without a key says it is, in `X-Client`; nil if it says nothing.
    private func named(by request: Request) throws(Problem) -> Client? {
        guard let field = HTTPField.Name("X-Client"), let name = request.headers[field] else { return nil }
        guard Client.isName(name) else {
            throw Problem(
                status: .badRequest, detail: "X-Client is a name of 1 to 64 letters, digits, '-', '_' and '.'.",
                endsConnection: request.hasBody)
        }
        return Client(name: name, readsAll: false)
    }

    private func count(_ client: Client, _ request: Request) throws(Problem) {
        guard let seconds = limiter?.take(client.allowance) else { return }
        throw Problem(
            status: .tooManyRequests, detail: "These are more requests than a client may send; slow down.",
            headers: [.retryAfter: "\(seconds)"], endsConnection: request.hasBody)
    }
}
