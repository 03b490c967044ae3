import Configuration
import Foundation
import Hoofprint
import HoofprintConfiguration
import TestSupport
import Testing

@Suite("Settings from swift-configuration")
struct ConfigurationTests {
    private typealias Settings = HoofprintSystem.Configuration

    /// A value of each key that is not its default.
    private static let values = [
        "mode": "every", "sink": "none", "flush": "2.5", "slowest": "7", "open": "60", "memory": "4194304",
        "ring": "/run/server.ring", "signals": "false", "clock": "monotonic", "attributes": "user,rows", "waits": "50",
        "sample": "99:wall", "redact": "iban,-cookie", "fileBytes": "65536", "files": "9",
    ]

    private static func expectAll(_ settings: Settings) {
        #expect(settings.mode == .every)
        #expect(settings.sinks.isEmpty)
        #expect(settings.flushSeconds == 2.5)
        #expect(settings.slowest == 7)
        #expect(settings.openSeconds == 60)
        #expect(settings.memoryBytes == 4 << 20)
        #expect(settings.ring == .path("/run/server.ring"))
        #expect(!settings.watchesSignals)
        #expect(settings.clock == .monotonic)
        #expect(settings.samplers.count == 2)
        #expect(settings.redaction.hides("IBAN") && !settings.redaction.hides("cookie"))
    }

    private static func read(_ providers: [any ConfigProvider], _ environment: [String: String] = [:]) throws
        -> Settings
    {
        try Settings(ConfigReader(providers: providers)) { environment[$0] }
    }

    @Test("every setting has a key, and the other way round")
    func keys() {
        #expect(Set(ConfigurationKey.all.map(\.variable)) == Set(ProcessEnvironment.names))
        #expect(Set(ConfigurationKey.all.map(\.name)) == Set(Self.values.keys))
        #expect(ConfigurationKey.all.count == ProcessEnvironment.names.count)
    }

    @Test("the documentation's table has every key with its variable, and no other")
    func table() throws {
        let path = "Sources/HoofprintConfiguration/HoofprintConfiguration.docc/HoofprintConfiguration.md"
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
        let rows = article.matches(of: /(?m)^\| `(hoofprint\.[A-Za-z]+)` \| `([A-Z_]+)` \|/)
            .map { "\($0.output.1) \($0.output.2)" }
        #expect(rows == ConfigurationKey.all.map { "\($0.path) \($0.variable)" })
    }

    @Test("come from the environment by swift-configuration's own names")
    func environment() throws {
        let variables = [
            "HOOFPRINT_MODE": "every", "HOOFPRINT_SINK": "none", "HOOFPRINT_FLUSH": "2.5", "HOOFPRINT_SLOWEST": "7",
            "HOOFPRINT_OPEN": "60", "HOOFPRINT_MEMORY": "4194304", "HOOFPRINT_RING": "/run/server.ring",
            "HOOFPRINT_SIGNALS": "off", "HOOFPRINT_CLOCK": "monotonic", "HOOFPRINT_WAITS": "50",
            "HOOFPRINT_SAMPLE": "99:wall", "HOOFPRINT_REDACT": "iban,-cookie",
        ]
        Self.expectAll(try Self.read([EnvironmentVariablesProvider(environmentVariables: variables)]))
    }

    @Test("come from the command line")
    func commandLine() throws {
        let arguments = Self.values.flatMap { name, value in
            ["--hoofprint-\(name == "fileBytes" ? "file-bytes" : name)", value]
        }
        Self.expectAll(try Self.read([CommandLineArgumentsProvider(arguments: ["server"] + arguments)]))
    }

    @Test("come from a JSON file, numbers as numbers and lists as lists")
    func json() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.json")
        try Data(
            """
            {"hoofprint": {"mode": "every", "sink": ["none"], "flush": 2.5, "slowest": 7, "open": 60, "memory": "4MiB",
            "ring": "/run/server.ring", "signals": false, "clock": "monotonic", "attributes": ["user", "rows"],
            "redact": ["iban", "-cookie"],
            "waits": 50, "sample": "99:wall", "fileBytes": 65536, "files": 9}, "port": 8080}
            """.utf8
        ).write(to: file)
        let place = ConfigReader(
            provider: InMemoryProvider(values: ["filePath": .init(.string(file.path), isSecret: false)]))
        Self.expectAll(try Self.read([try await FileProvider<JSONSnapshot>(config: place)]))
    }

    @Test("come from the first provider that has them, whatever its types are")
    func precedence() throws {
        let first = InMemoryProvider(values: ["hoofprint.flush": 20])
        let second = EnvironmentVariablesProvider(
            environmentVariables: ["HOOFPRINT_FLUSH": "30", "HOOFPRINT_SLOWEST": "8"])
        let settings = try Self.read([first, second], ["HOOFPRINT_FLUSH": "40", "HOOFPRINT_OPEN": "70"])
        #expect(settings.flushSeconds == 20)
        #expect(settings.slowest == 8)
        // Nobody has this one: the variable that works without swift-configuration does.
        #expect(settings.openSeconds == 70)
        #expect(settings.mode == .aggregate)
    }

    @Test("without any are the defaults")
    func defaults() throws {
        let settings = try Self.read([InMemoryProvider(values: ["port": 8080])])
        let defaults = Settings()
        #expect(settings.mode == defaults.mode && settings.flushSeconds == defaults.flushSeconds)
        #expect(settings.sinks.map { "\(type(of: $0))" } == ["StandardErrorSink"])
        #expect(settings.ring == .besideLog && settings.watchesSignals && settings.samplers.isEmpty)
    }

    @Test(
        "that are wrong are an error with the key, the value and what is allowed",
        arguments: [
            ("mode", "all", "hoofprint.mode='all' is none of off, aggregate, every"),
            ("sink", "syslogd", "hoofprint.sink='syslogd' is none of stderr, file:PATH, journald, syslog, none"),
            ("flush", "soon", "hoofprint.flush='soon' is no number of seconds from 0.05 to 3600"),
            ("open", "0", "hoofprint.open='0' is no number of seconds from 0.05 to 86400"),
            ("slowest", "-1", "hoofprint.slowest='-1' is no number from 0 to 100"),
            ("memory", "1", "hoofprint.memory='1' is no number from 1048576 to 1099511627776"),
            ("signals", "maybe", "hoofprint.signals='maybe' is none of on, off"),
            ("clock", "sundial", "hoofprint.clock='sundial' is none of auto, monotonic"),
            ("waits", "1001", "hoofprint.waits='1001' is no number from 0 to 1000"),
            ("fileBytes", "1", "hoofprint.fileBytes='1' is no number from 4096 to 1099511627776"),
            ("files", "\u{1b}[31m", "hoofprint.files='\\u{1b}[31m' is no number from 1 to 1000"),
        ])
    func wrong(name: String, value: String, complaint: String) {
        let provider = InMemoryProvider(values: [
            AbsoluteConfigKey(["hoofprint", name]): .init(.string(value), isSecret: false)
        ])
        let error = #expect(throws: WrongSettings.self) { try Self.read([provider]) }
        #expect(error?.complaints == [complaint])
    }

    @Test("that are wrong in the environment are told under the variable's name, all at once")
    func wrongVariable() {
        let provider = InMemoryProvider(values: ["hoofprint.flush": "soon"])
        let error = #expect(throws: WrongSettings.self) { try Self.read([provider], ["HOOFPRINT_CLOCK": "sundial"]) }
        #expect(
            error?.description
                == "hoofprint.flush='soon' is no number of seconds from 0.05 to 3600; "
                + "HOOFPRINT_CLOCK='sundial' is none of auto, monotonic")
    }
}
