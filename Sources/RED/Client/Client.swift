/// Who sends a request.
struct Client: Sendable, Equatable {
    /// The name that records carry.
    let name: String
    /// Whether it may read and list what other clients sent.
    let readsAll: Bool

    /// Whose allowance of requests and uploads is used: the client's, or where everybody is anonymous the address's.
    var allowance: String

    /// A client with a key.
    init(name: String, readsAll: Bool) {
        self.name = name
        self.readsAll = readsAll
        allowance = "client \(name)"
    }

    /// The same, by its address.
    func from(_ address: String) -> Client {
        var client = self
        client.allowance = "address \(address)"
        return client
    }

    /// Everybody, where the server asks for no keys.
    static let anonymous = Client(name: "anonymous", readsAll: false)
}
