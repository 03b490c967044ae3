import HTTPService
import HTTPTypes
import Hummingbird
import Synchronization

/// The `Idempotency-Key` of a request: 1 to 255 visible ASCII characters, as they are or as a quoted string.
struct IdempotencyKey: Sendable, Hashable {
    /// The key, without quotes.
    let text: String

    /// Nil if the request has none.
    ///
    /// - Throws: 400 for one that is none, or for two.
    init?(_ headers: HTTPFields) throws(Problem) {
        guard let name = HTTPField.Name("Idempotency-Key") else { return nil }
        let values = headers[values: name]
        guard let value = values.first else { return nil }
        let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        text = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard values.count == 1, (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            throw Problem(
                status: .badRequest,
                detail: "The Idempotency-Key is not one of 1 to 255 visible ASCII characters, plain or in quotes.",
                endsConnection: true)
        }
    }
}

/// The keys of the uploads in flight, of each client.
final class KeysInFlight: Sendable {
    private struct Claim: Hashable {
        let client: String
        let key: IdempotencyKey
    }

    private let claims = Mutex<Set<Claim>>([])

    /// Runs an upload unless one of the same client and key is in flight.
    ///
    /// - Parameter key: Nil for an upload without one.
    /// - Throws: 409 if there is another; else what `body` throws.
    func claim<R>(_ key: IdempotencyKey?, of client: Client, _ body: () async throws -> R) async throws -> R {
        guard let key else { return try await body() }
        let claim = Claim(client: client.name, key: key)
        guard claims.withLock({ $0.insert(claim).inserted }) else {
            throw Problem(
                status: .conflict, detail: "An upload with this Idempotency-Key is in flight; wait for its answer.",
                headers: [.retryAfter: "1"], endsConnection: true)
        }
        defer { claims.withLock { _ = $0.remove(claim) } }
        return try await body()
    }
}
