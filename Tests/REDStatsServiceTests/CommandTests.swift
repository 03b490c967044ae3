import Foundation
import REDEvents
import TestSupport
import Testing
import WallClock

/// The program `red-stats` as a user runs it.
struct CommandTests {
    private let folder: TemporaryFolder
    private var store: [String] { ["--store", "sqlite:\(folder.url.appendingPathComponent("stats.sqlite").path)"] }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ arguments: [String]) throws -> ProgramRun {
        try ProgramRun.run(productsFolder.appendingPathComponent("red-stats").path, arguments)
    }

    private func event(_ id: String) throws -> String {
        try MeasuredEvent(
            id: id, source: "red/test", client: "ann", time: Timestamp(milliseconds: 1_000), red: 7, image: "i",
            pixels: 1, width: 1, height: 1
        ).json
    }

    @Test func `Files of events are counted once, and what is no event is listed with its line`() throws {
        let file = folder.url.appendingPathComponent("events.jsonl")
        try Data("\(try event("a"))\n\n{\"type\":\"other\"}\n\(try event("b"))".utf8).write(to: file)
        let first = try run(["import", file.path] + store)
        #expect(first.status == 1)
        #expect(first.output == "counted 2, counted before 0, too old 0, rejected 1\n")
        #expect(first.error.contains("\(file.path):3: not an event"))
        let second = try run(["import", file.path, file.path] + store)
        #expect(second.output == "counted 0, counted before 4, too old 0, rejected 2\n")
        let missing = try run(["import", "/nowhere/events.jsonl"] + store)
        #expect(missing.status == 1)
        #expect(missing.error.contains("cannot read '/nowhere/events.jsonl': No such file or directory"))
    }

    @Test func `Keys are made, listed without the key, and revoked once`() throws {
        let made = try run(["keys", "add", "ann", "--scope", "read"] + store)
        #expect(made.status == 0)
        let key = made.output.trimmingCharacters(in: .newlines)
        #expect(key.hasPrefix("rs_"))
        let list = try run(["keys", "list"] + store)
        let words = list.output.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(words.dropFirst(2) == ["read", "ann"])
        #expect(!list.output.contains(key))
        let id = try #require(words.first)
        #expect(try run(["keys", "revoke", id] + store).status == 0)
        let again = try run(["keys", "revoke", id] + store)
        #expect(again.status == 1)
        #expect(again.error.contains("there is no key '\(id)' that is not revoked"))
        #expect(try run(["keys", "list"] + store).output.contains("revoked"))
    }

    @Test func `Rollups are built again from their events`() throws {
        let file = folder.url.appendingPathComponent("events.jsonl")
        try Data("\(try event("a"))\n".utf8).write(to: file)
        #expect(try run(["import", file.path] + store).status == 0)
        let rolled = try run(["reroll", "--from", "1970-01-01", "--to", "1970-02-01"] + store)
        #expect(rolled.output == "counted 1 events again\n")
    }

    @Test(arguments: [
        (["serve", "--host", "0.0.0.0"], "give --keys, or --no-keys"),
        (["serve", "--keys", "--no-keys"], "one of them"),
        (["serve", "--host", "127.example.org"], "give --keys, or --no-keys"),
        (["serve", "--allowed-host", "http://a.example"], "--allowed-host http://a.example"),
        (["api", "--keys", "--allowed-host", "a.example"], "with keys any name will do"),
        (["ingest", "--broker-credentials", "/nowhere/file"], "'/nowhere/file': No such file or directory"),
        (["dead-letters", "--broker-credentials", "/dev/null"], "'/dev/null': it is not a line with the name"),
        (["serve", "--port", "70000"], "--port 70000"), (["serve", "--smtp", "smtp://localhost"], "--mail-from"),
        (["serve", "--webhook-network", "everything"], "--webhook-network everything"),
        (["serve", "--graphite", "carbon:x"], "--graphite carbon:x"),
        (["ingest", "--graphite-prefix", "a b"], "--graphite-prefix a b"),
        (["ingest", "--graphite-days", "0"], "--graphite-days 0"),
        (["export", "--from", "2026-01-01", "--to", "2026-02-01"], "--graphite: give where carbon takes lines"),
        (["keys", "add", "ann", "--scope", "all"], "--scope all"),
        (["reroll", "--from", "x", "--to", "y"], "--from x"),
        (["serve", "--keep-events", "0"], "--keep-events 0"),
        (
            ["ingest", "--keep-events", "7", "--keep-minutes", "30", "--keep-hours", "8"],
            "hours must be kept at least as long as minutes"
        ),
        (["dead-letters", "--limit", "0"], "--limit 0"),
    ])
    func `A wrong command line ends with 2, and says what to give`(_ arguments: [String], _ message: String) throws {
        let ended = try run(arguments)
        #expect(ended.status == 2)
        #expect(ended.error.contains(message), "\(ended.error)")
    }

    @Test(arguments: [
        ["import", "-", "--store", "postgres://nobody@127.0.0.1:1/none"],
        ["serve", "--port", "0", "--store", "sqlite:/nowhere/stats.sqlite"],
    ])
    func `A store that cannot be had ends it with 69, and is named without its password`(_ arguments: [String]) throws {
        let ended = try run(arguments)
        #expect(ended.status == 69)
        #expect(ended.error.contains("red-stats: "), "\(ended.error)")
    }
}
