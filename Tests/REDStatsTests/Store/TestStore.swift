import Foundation
import REDEvents
import REDStats
import StatsSamples
import TestSupport
import WallClock

/// The databases that every test of the stores' contract runs on.
enum StoreKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite = "SQLite"
    case postgreSQL = "PostgreSQL"

    var description: String { rawValue }

    /// All, or without those that need a server where tests are to do without.
    static let tested: [StoreKind] = {
        guard PostgreSQLServer.isSkipped else { return allCases }
        print("HOOFPRINT_SKIP_SERVERS=1: the tests of red-stats' store in PostgreSQL are not run")
        return [.sqlite]
    }()
}

/// An empty database, which goes with this object.
final class TestStore: Sendable {
    let url: String
    let kind: StoreKind
    private let folder: TemporaryFolder

    init(_ kind: StoreKind) throws {
        self.kind = kind
        folder = try TemporaryFolder()
        switch kind {
        case .sqlite: url = "sqlite:\(folder.url.path)/stats.sqlite"
        case .postgreSQL: url = try PostgreSQLServer.shared.get().database()
        }
    }

    /// Opens it, as another process would that uses it as well.
    func open() async throws -> DatabaseStore { try await onThread { [url] in try DatabaseStore(url: url) } }

    /// Opens it, and closes it again.
    static func with(_ kind: StoreKind, _ body: (DatabaseStore, TestStore) async throws -> Void) async throws {
        let test = try TestStore(kind)
        let store = try await test.open()
        do {
            try await body(store, test)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

extension MeasuredEvent {
    /// An event of which only a few things matter.
    static func sample(
        _ id: String, client: String = "alice", time: String = "2026-11-25T10:00:00Z", red: Int = 500_000
    ) throws -> MeasuredEvent {
        try MeasuredEvent(
            id: id, source: "red/test", client: client, time: moment(time), red: red, image: "image-of-\(id)",
            pixels: 1,
            width: 1, height: 1)
    }
}

/// A moment by its text.
func moment(_ text: String) throws -> Timestamp {
    struct NoMoment: Error {}
    guard let moment = Timestamp(text) else { throw NoMoment() }
    return moment
}
