import Crypto
import REDStats

/// A client's key: 256 random bits, as text.
package struct StatsKey: Sendable {
    /// What keys are for.
    package static let scopes = StatsCaller.Scope.allCases.map(\.rawValue)

    /// What the client sends.
    package let text: String

    /// A new key.
    package init() {
        let words = (0..<4).map { _ in UInt64.random(in: .min ... .max) }
        text =
            "rs_"
            + words.map { word in
                let digits = String(word, radix: 36)
                return String(repeating: "0", count: 13 - digits.count) + digits
            }.joined()
    }

    /// What a store has of it.
    package func record(of client: String, scopes: [String]) throws(StatsStoreError) -> KeyRecord {
        try KeyRecord(client: client, hash: Array(SHA256.hash(data: Array(text.utf8))), scopes: scopes)
    }
}
