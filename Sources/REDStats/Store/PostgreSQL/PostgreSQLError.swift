import CPostgreSQL

/// What libpq or the server says is wrong.
struct PostgreSQLError: Error {
    /// The server's SQLSTATE, 5 characters; empty where the connection itself failed.
    let state: String
    let message: String
    /// Whether the connection is of no more use.
    var isBroken = false

    /// The latest failure of a connection, and of a result if there was one.
    init(_ connection: OpaquePointer?, _ result: OpaquePointer? = nil) {
        let field = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "C"))) }
        state = field.map { String(cString: $0) } ?? ""
        let text = result.flatMap(PQresultErrorMessage).map { String(cString: $0) } ?? ""
        let own = connection.flatMap(PQerrorMessage).map { String(cString: $0) } ?? "out of memory"
        message = Self.oneLine(text.isEmpty ? own : text)
        isBroken = PQstatus(connection) == CONNECTION_BAD || state.hasPrefix("57P") || state.hasPrefix("08")
    }

    init(state: String, message: String) {
        self.state = state
        self.message = message
    }

    /// Whether the same transaction may well succeed if it is tried again at once.
    var isConflict: Bool { ["40001", "40P01"].contains(state) }

    /// As an error of the store.
    func error(_ store: String) -> StatsStoreError {
        switch state {
        case "53100": .full(store: store)
        case "57014": .unavailable(store: store, detail: "it took too long: \(message)")
        case "25006": .unavailable(store: store, detail: "it is read-only, a standby perhaps: \(message)")
        case "28P01", "28000", "3D000", "42501": .failed(store: store, detail: message)
        case _ where isBroken || state.isEmpty || state.hasPrefix("53") || isConflict:
            .unavailable(store: store, detail: message)
        default: .failed(store: store, detail: "\(message) (\(state))")
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == "\t" || $0 == " " } }.joined(separator: "; ")
    }
}
