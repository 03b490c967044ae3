import ArgumentParser
import CommandOutput
import REDStats
import REDStatsService
import WallClock

/// `red-stats keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes, lists and revokes clients' keys.",
        subcommands: [Add.self, List.self, Revoke.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it. It is printed this once: the store has its hash alone.")

        @Argument(help: ArgumentHelp("Whose key it is.", valueName: "client"))
        var client: String

        @Option(
            name: .customLong("scope"), parsing: .upToNextOption,
            help: ArgumentHelp("What it is for: read, write, admin.", valueName: "scope"))
        var scopes: [String] = ["read", "write"]

        @OptionGroup var store: StoreOption

        func validate() throws {
            for scope in scopes where !StatsKey.scopes.contains(scope) {
                throw ValidationError("--scope \(scope): give \(StatsKey.scopes.joined(separator: ", "))")
            }
        }

        func run() async throws {
            let key = StatsKey()
            let record = try await store.withStore { store in
                let record = try key.record(of: client, scopes: scopes)
                try await store.add(record)
                return record
            }
            print(key.text)
            StandardError.write("red-stats: key \(record.id) of \(client); it is not shown again")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys, without the keys themselves.")

        @Argument(help: ArgumentHelp("Whose; everybody's without.", valueName: "client"))
        var client: String?

        @OptionGroup var store: StoreOption

        func run() async throws {
            try await store.withStore { store in
                var last: String?
                while true {
                    let keys = try await store.keys(of: client, after: last, limit: 500)
                    for key in keys {
                        let revoked = key.revoked.map { "revoked \($0.text)" } ?? ""
                        print(
                            "\(key.id)  \(key.created.text)  \(key.scopes.joined(separator: ","))  \(key.client)  \(revoked)"
                        )
                    }
                    guard keys.count == 500 else { return }
                    last = keys.last?.id
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a key's force, within half a minute.")

        @Argument(help: ArgumentHelp("The key's id, as 'keys list' has it.", valueName: "id"))
        var id: String

        @OptionGroup var store: StoreOption

        func run() async throws {
            let isRevoked = try await store.withStore { try await $0.revokeKey(id, of: nil) }
            guard isRevoked else {
                StandardError.write("red-stats: there is no key '\(id)' that is not revoked; see 'red-stats keys list'")
                throw ExitCode.failure
            }
        }
    }
}
