import WallClock

/// A client's key as it is kept: its hash, never the key.
package struct KeyRecord: Sendable, Equatable {
    /// Names it: 32 hexadecimal digits. It is no secret.
    package let id: String
    /// Whose it is.
    package let client: String
    /// The key's SHA-256, 32 bytes.
    package let hash: [UInt8]
    /// What it may be used for: words without white space.
    package let scopes: [String]
    package let created: Timestamp
    /// Since when it is not taken any more; nil: it is.
    package var revoked: Timestamp?

    /// A key that is not in a store yet.
    ///
    /// - Throws: ``StatsStoreError/invalid(_:)`` where a part is not as said above.
    package init(client: String, hash: [UInt8], scopes: [String]) throws(StatsStoreError) {
        try KeptText.check(client, "client", 1...256)
        guard hash.count == 32 else { throw StatsStoreError.invalid("'hash': it is not a SHA-256 of 32 bytes") }
        for scope in scopes {
            try KeptText.check(scope, "scopes", 1...64)
            guard !scope.contains(where: \.isWhitespace) else {
                throw StatsStoreError.invalid("'scopes': '\(scope)' holds white space")
            }
        }
        self.init(id: RandomName.make(), client: client, hash: hash, scopes: scopes, created: .now, revoked: nil)
    }

    /// One that is in a store.
    init(id: String, client: String, hash: [UInt8], scopes: [String], created: Timestamp, revoked: Timestamp?) {
        self.id = id
        self.client = client
        self.hash = hash
        self.scopes = scopes
        self.created = created
        self.revoked = revoked
    }
}
