import Hummingbird

/// What the server is told by its environment.
struct Settings {
    let port: Int
    /// `postgres://USER@HOST:PORT/NAME`
    let database: String
    /// Where the stock ledger's file is.
    let folder: String
    /// The work of the release after this one: off until it is tried.
    let mended: Bool

    init(environment: Environment) throws {
        port = environment.get("PORT", as: Int.self) ?? 8080
        folder = environment.get("DATA_FOLDER") ?? "."
        mended = environment.get("ORDERDESK_MENDED", as: Bool.self) ?? false
        guard let database = environment.get("DATABASE_URL") else { throw SettingsError.noDatabase }
        self.database = database
    }
}

enum SettingsError: Error {
    case noDatabase
}
