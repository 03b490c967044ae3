import Hummingbird

struct Order: ResponseEncodable, Codable {
    let id: Int
    let customer: Int
    let article: String
    let quantity: Int
    /// In cents.
    let price: Int

    var total: Int { quantity * price }

    init(_ row: Row) throws {
        id = try row.int(0)
        customer = try row.int(1)
        article = row.text(2)
        quantity = try row.int(3)
        price = try row.int(4)
    }
}

struct Reservation: ResponseEncodable, Codable {
    let order: Int
    let article: String
    let quantity: Int
    /// The ledger's entry.
    let entry: Int
}
