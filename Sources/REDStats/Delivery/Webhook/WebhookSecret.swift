import Crypto
import Foundation

/// What a webhook's requests are signed with, as Standard Webhooks has it.
struct WebhookSecret: Sendable {
    private let key: SymmetricKey
    private static let prefix = "whsec_"

    /// Reads `whsec_` and 24 to 64 bytes in Base64; nil for anything else.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            (24...64).contains(bytes.count)
        else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// A new one, of 24 random bytes.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return prefix + Data(bytes).base64EncodedString()
    }

    /// The header `webhook-signature` of a message: version 1, HMAC-SHA256.
    ///
    /// - Parameter timestamp: In seconds since 1970: when it is sent.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var hash = HMAC<SHA256>(key: key)
        hash.update(data: Data("\(id).\(timestamp).".utf8))
        hash.update(data: body)
        return "v1,\(Data(hash.finalize()).base64EncodedString())"
    }
}
