/// Who sends a request.
struct Client: Sendable, Equatable {
    /// The name that records carry.
    let name: String
    /// Whether it may read and list what other clients sent.
    let readsAll: Bool

    /// Everybody, where the server asks for no keys.
    static let anonymous = Client(name: "anonymous", readsAll: false)
}
