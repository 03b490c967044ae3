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

    /// Whether a client can be called so: 1 to 64 letters, digits, `-`, `_` and `.`.
    static func isName(_ name: some StringProtocol) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (48...57).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
