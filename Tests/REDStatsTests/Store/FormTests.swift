import Foundation
import REDEvents
import StatsSamples
import TestSupport
import Testing

@testable import REDStats

@Suite("Opening stores")
struct FormTests {
    @Test("a store of a later form is refused, and one of today's is opened again", arguments: StoreKind.tested)
    func newerForm(_ kind: StoreKind) async throws {
        let test = try TestStore(kind)
        let store = try await test.open()
        _ = try await store.add([MeasuredEvent.sample("1")])
        await store.close()
        let again = try await test.open()
        #expect(try await again.add([MeasuredEvent.sample("1")]) == AddResult(duplicates: 1))
        await again.close()
        try test.execute(
            kind == .sqlite
                ? "PRAGMA user_version = 2" : "INSERT INTO form VALUES (2)")
        do {
            _ = try await test.open()
            Issue.record("a store of form 2 was opened")
        } catch let error as StatsStoreError {
            #expect(
                error.description.hasSuffix("has form 2, and this program knows forms up to 1: use a newer program"))
        }
    }

    @Test("a new file, in which secrets are, is its user's alone")
    func mode() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("stats.sqlite").path
        let store = try await onThread { try DatabaseStore(url: "sqlite:\(path)") }
        for file in [path, "\(path)-wal", "\(path)-shm"] {
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        }
        await store.close()
    }

    @Test("several processes may open a new store at once", arguments: StoreKind.tested)
    func concurrentOpening(_ kind: StoreKind) async throws {
        let test = try TestStore(kind)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try await test.open()
                    _ = try await store.add([MeasuredEvent.sample("1")])
                    await store.close()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "what names no store is refused in words",
        arguments: [
            (
                "mysql://localhost/x",
                "cannot use the store 'mysql://localhost/x': it has no scheme that is known; "
                    + "give sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            ),
            (
                "sqlite:",
                "cannot use the store 'sqlite:': it names no file; "
                    + "give sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            ),
            (
                "sqlite:/nowhere/at/all/x.sqlite",
                "the store 'sqlite:/nowhere/at/all/x.sqlite' fails: "
                    + "the folder '/nowhere/at/all' does not exist; create it"
            ),
        ])
    func urls(_ url: String, _ message: String) {
        do throws(StatsStoreError) {
            _ = try DatabaseStore(url: url)
            Issue.record("\(url) was opened")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test(
        "a store's name never holds its password",
        arguments: [
            ("postgres://me:secret@host:5432/db", "postgres://me@host:5432/db"),
            ("postgresql://me@host/db?password=secret", "postgresql://me@host/db"),
            ("postgres://host/db", "postgres://host/db"), ("postgres://me:sec/ret@host/db", "postgres://me@host/db"),
            ("postgres://me:sec@ret@host/db", "postgres://me@host/db"),
            ("postgres://me:sec?ret@host/db", "postgres://…"),
        ])
    func names(_ url: String, _ name: String) { #expect(PostgreSQLBackend.withoutPassword(url) == name) }

    @Test("a malformed URL is refused without its password")
    func malformed() {
        do throws(StatsStoreError) {
            _ = try DatabaseStore(url: "postgres://me:sec%ret@host/db")
            Issue.record("it was opened")
        } catch {
            #expect(error.description.hasPrefix("cannot use the store 'postgres://me@host/db': it is malformed"))
            #expect(!error.description.contains("sec%"))
        }
    }

    @Test("a server that is not there is named without its password")
    func noServer() async throws {
        await onThread {
            do throws(StatsStoreError) {
                _ = try DatabaseStore(url: "postgres://me:secret@127.0.0.1:1/x?password=secret")
                Issue.record("it was opened")
            } catch {
                #expect(error.isTransient)
                #expect(error.description.hasPrefix("the store 'postgres://me@127.0.0.1:1/x' is unavailable: "))
                #expect(!error.description.contains("secret"))
            }
        }
    }
}
