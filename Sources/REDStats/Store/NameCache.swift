/// The numbers that stand for the names of clients and sources in a database. Used by one thread at a time.
///
/// A number is kept only once it is committed: one that was taken back is given to another name later.
final class NameCache {
    /// What has numbers: a table of the database.
    enum Table: String {
        case client
        case source
    }

    private struct Key: Hashable {
        let table: Table
        let name: ExactText
    }

    private var committed: [Key: Int64] = [:]
    private var open: [Key: Int64] = [:]

    /// So many names are kept in memory at most.
    private static let mostNames = 100_000

    /// The number of a name; it gets one if it has none.
    func number(_ name: String, _ table: Table, _ session: some SQLSession) throws -> Int64 {
        let key = Key(table: table, name: ExactText(name))
        if let number = committed[key] ?? open[key] { return number }
        let select = "SELECT number FROM \(table.rawValue) WHERE name = $1"
        var number = try session.number(select, [.text(name)])
        if number == nil {
            _ = try session.change(
                "INSERT INTO \(table.rawValue) (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", [.text(name)])
            number = try session.number(select, [.text(name)])
        }
        guard let number else { throw ForeignRow() }
        open[key] = number
        return number
    }

    /// The transaction was committed.
    func commit() {
        if committed.count > Self.mostNames { committed = [:] }
        committed.merge(open) { $1 }
        open = [:]
    }

    /// The transaction was taken back.
    func rollback() { open = [:] }
}
