/// A row of a table, as text.
struct Row: Sendable {
    let values: [String]

    func text(_ column: Int) -> String { values[column] }

    func int(_ column: Int) throws -> Int {
        guard let number = Int(values[column]) else { throw DatabaseError(message: "'\(values[column])' is no number") }
        return number
    }
}
