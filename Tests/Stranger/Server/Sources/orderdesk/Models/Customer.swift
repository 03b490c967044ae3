import Hummingbird

struct Customer: ResponseEncodable, Codable {
    let id: Int
    let name: String
    let email: String
    let city: String

    init(_ row: Row) throws {
        id = try row.int(0)
        name = row.text(1)
        email = row.text(2)
        city = row.text(3)
    }
}

/// Two customers who may be one.
struct Duplicate: ResponseEncodable, Codable {
    let first: Int
    let second: Int
    /// How many letters their names differ by.
    let distance: Int
}

struct OrderHistory: ResponseEncodable, Codable {
    let customer: Customer
    let orders: [Order]
}
