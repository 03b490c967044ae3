import HTTPTypes
import Hummingbird

/// Who may come in: keys where the server asks for them, and how often.
struct Gate: Sendable {
    /// The clients' keys; nil where everybody is the anonymous client.
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
            return anonymous
        }
        guard let client = Self.key(in: request).flatMap(keys.client(withKey:)) else {
            try count(anonymous, request)
            throw Problem(
                status: .unauthorized,
                detail: "This server asks for a key. Send it as 'Authorization: Bearer KEY'.",
                headers: [.wwwAuthenticate: "Bearer"], endsConnection: request.hasBody)
        }
        try count(client, request)
        return client
    }

    private func count(_ client: Client, _ request: Request) throws(Problem) {
        guard let seconds = limiter?.take(client.allowance) else { return }
        throw Problem(
            status: .tooManyRequests, detail: "These are more requests than a client may send; slow down.",
            headers: [.retryAfter: "\(seconds)"], endsConnection: request.hasBody)
    }

    /// The token of RFC 6750, section 2.1.
    private static func key(in request: Request) -> Substring? {
        guard let words = request.headers[.authorization]?.split(separator: " "), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return words[1]
    }
}
