import Crypto
import HTTPService
import HTTPTypes
import Hummingbird
import REDStats
import Synchronization

/// Who may come in: whoever has a key where the server asks for them, else anybody by any name; and how often.
final class StatsGate: Sendable {
    /// How long a key is taken for what it was when it was looked up: so long after it was revoked it still works.
    private static let memory = Duration.seconds(30)
    private static let mostRemembered = 10_000

    private struct Known {
        let key: KeyRecord?
        let until: ContinuousClock.Instant
    }

    private let store: any StatsStore
    private let asksForKeys: Bool
    private let limiter: RateLimiter?
    private let known = Mutex<[[UInt8]: Known]>([:])

    init(_ store: any StatsStore, asksForKeys: Bool, limiter: RateLimiter?) {
        self.store = store
        self.asksForKeys = asksForKeys
        self.limiter = limiter
    }

    /// Whether a key is asked for.
    var hasKeys: Bool { asksForKeys }

    /// Who sent a request.
    ///
    /// - Parameter scope: What is asked for.
    /// - Throws: 401 without a valid key, 403 where it is not for this, 429 beyond the rate.
    func admit(
        _ request: Request, for scope: StatsCaller.Scope, from address: String
    ) async throws -> StatsCaller {
        let caller = try await asksForKeys ? byKey(request, address) : byName(request, address)
        // Looked at with keys, too, where it is of no consequence otherwise: what is malformed is so everywhere.
        _ = try Self.name(of: request)
        try count(caller.allowance, request)
        guard caller.scopes.contains(scope) || caller.scopes.contains(.admin) else {
            throw Problem(
                status: .forbidden, detail: "This key is not for this: it lacks the scope '\(scope.rawValue)'.",
                endsConnection: request.hasBody)
        }
        return caller
    }

    private func byName(_ request: Request, _ address: String) throws(Problem) -> StatsCaller {
        guard let name = try Self.name(of: request) else {
            return StatsCaller(client: nil, scopes: Set(StatsCaller.Scope.allCases), allowance: "address \(address)")
        }
        return StatsCaller(client: name, scopes: [.read, .write], allowance: "address \(address)")
    }

    /// The client that a request says it is from; nil if it says nothing.
    private static func name(of request: Request) throws(Problem) -> String? {
        guard let field = HTTPField.Name("X-Client"), let name = request.headers[field] else { return nil }
        guard (1...256).contains(name.utf8.count) else {
            throw Problem(
                status: .badRequest, detail: "X-Client is a name of 1 to 256 bytes.", endsConnection: request.hasBody)
        }
        return name
    }

    private func byKey(_ request: Request, _ address: String) async throws -> StatsCaller {
        guard let token = request.bearerToken, let key = try await key(token) else {
            // Guessing takes the address's allowance.
            try count("address \(address)", request)
            throw Problem(
                status: .unauthorized, detail: "This server asks for a key. Send it as 'Authorization: Bearer KEY'.",
                headers: [.wwwAuthenticate: "Bearer"], endsConnection: request.hasBody)
        }
        let scopes = Set(key.scopes.compactMap(StatsCaller.Scope.init))
        return StatsCaller(
            client: scopes.contains(.admin) ? nil : key.client, scopes: scopes, allowance: "key \(key.id)")
    }

    /// The record of a key that is not revoked; looked up by its hash, so that how long it takes tells nothing of it.
    private func key(_ token: Substring) async throws -> KeyRecord? {
        guard token.utf8.count <= 256 else { return nil }
        let hash = Array(SHA256.hash(data: Array(token.utf8)))
        let now = ContinuousClock.now
        if let known = known.withLock({ $0[hash] }), known.until > now { return known.key }
        let found = try await store.key(withHash: hash).flatMap { $0.revoked == nil ? $0 : nil }
        known.withLock { known in
            if known.count >= Self.mostRemembered { known.removeAll() }
            known[hash] = Known(key: found, until: now + Self.memory)
        }
        return found
    }

    private func count(_ allowance: String, _ request: Request) throws(Problem) {
        guard let seconds = limiter?.take(allowance) else { return }
        throw Problem(
            status: .tooManyRequests, detail: "These are more requests than a client may send; slow down.",
            headers: [.retryAfter: "\(seconds)"], endsConnection: request.hasBody)
    }
}
