import Hummingbird

struct Invoice {
    let id: Int
    let order: Int
    let address: String
    /// In percent.
    let tax: Int

    init(_ row: Row) throws {
        id = try row.int(0)
        order = try row.int(1)
        address = row.text(2)
        tax = try row.int(3)
    }
}

struct ShippingLabel: ResponseEncodable, Codable {
    let order: Int
    let carrier: String
    let code: String
}
