import Foundation
import REDEvents
import REDStats
import TestSupport
import Testing
import WallClock

@Suite("Deliverers that are processes", .enabled(if: !ServerProcess.areSkipped), .serialized)
struct WorkerTests {
    private static let program = productsFolder.appendingPathComponent("alert-worker").path

    @Test("kill -9 of a deliverer loses no alert, and what is told again has the same id", arguments: StoreKind.tested)
    func kills(_ kind: StoreKind) async throws {
        let receiver = try await WebhookReceiver()
        let folder = try TemporaryFolder()
        try await TestStore.with(kind) { store, test in
            for number in 0..<10 {
                let subscription = try Subscription(
                    client: "client\(number)", above: 0, channel: .webhook,
                    configuration: receiver.configuration("/ok/\(number)"))
                try await store.add(subscription)
                _ = try await store.add((0..<60).map { try .sample("\(number)-\($0)", client: "client\(number)") })
            }
            for round in 1...4 {
                let worker = try ServerProcess(
                    Self.program, [test.url, "1", "127.0.0.1"], log: folder.url.appendingPathComponent("log"))
                // In the middle of turns, of which nothing is written down.
                try await eventually("some are told") { try receiver.requests.count >= round * 20 }
                worker.end()
            }
            let last = try ServerProcess(
                Self.program, [test.url, "1", "127.0.0.1"], log: folder.url.appendingPathComponent("log"))
            try await eventually("all are told") {
                try await store.alerts(of: nil, after: 0, limit: 1_000).allSatisfy { $0.state == .delivered }
            }
            last.end()
            let alerts = try await store.alerts(of: nil, after: 0, limit: 1_000)
            let requests = try receiver.requests
            #expect(alerts.count == 600 && Set(requests.map(\.id)) == Set(alerts.map { AlertMessage.id(of: $0) }))
            #expect(requests.count >= 600 && requests.allSatisfy(\.signed))
            for number in 0..<10 {
                // Each one's first time is in order.
                let ids = requests.filter { $0.path == "/ok/\(number)" }.map { $0.id ?? "" }
                let firsts = ids.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                #expect(firsts == alerts.filter { $0.client == "client\(number)" }.map { AlertMessage.id(of: $0) })
            }
        }
    }

    private struct Connection: Decodable, Sendable {
        let address: String, path: String
    }

    /// What gives a program a network, a name server's port, and processes of its own. `/proc` has to be theirs, too:
    /// Dispatch looks its threads up there, and traps where it finds none.
    private static let ownNetwork =
        (getuid() == 0 ? [] : ["--map-root-user"]) + ["--net", "--mount-proc", "--pid", "--fork", "--kill-child"]

    @Test("names that lead to private addresses, always or after a while, lead nowhere; silent servers hold up nobody")
    func rebinding() async throws {
        let folder = try TemporaryFolder()
        func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
        try Data("nameserver 127.0.0.1\noptions timeout:30 attempts:2\n".utf8).write(
            to: URL(fileURLWithPath: path("resolv.conf")))
        try await TestStore.with(.sqlite) { store, test in
            func subscribe(_ host: String) async throws {
                let configuration = #"{"secret":"\#(WebhookReceiver.secret)","url":"http://\#(host):8080/\#(host)"}"#
                try await store.add(
                    Subscription(client: host, above: 0, channel: .webhook, configuration: configuration))
                _ = try await store.add([.sample("1-\(host)", client: host), .sample("2-\(host)", client: host)])
            }
            func state(_ host: String) async throws -> [Alert.State] {
                try await store.alerts(of: host, after: 0, limit: 10).map(\.state)
            }
            try await subscribe("silent.example")
            for host in ["rebinds.example", "both.example", "metadata.example", "169.254.169.254"] {
                try await subscribe(host)
            }
            let network = try ServerProcess(
                "unshare",
                Self.ownNetwork + [
                    ServerPrograms.python, ServerPrograms.path("rebinding_network.py"), folder.url.path, Self.program,
                    test.url, "4",
                ], log: folder.url.appendingPathComponent("log"))
            defer { network.end() }
            try await eventually("all but the silent one are done with") {
                let states = [
                    try await state("rebinds.example"), try await state("both.example"),
                    try await state("metadata.example"), try await state("169.254.169.254"),
                ]
                return states == [
                    [.delivered, .givenUp], [.delivered, .delivered], [.givenUp, .pending], [.givenUp, .pending],
                ]
            }
            // The name server has been silent all the while; afterwards it is a failure like others.
            try await eventually("the silent one is given up") {
                try await state("silent.example") == [.givenUp, .pending]
            }
            let connections = try ServerLog<Connection>(file: folder.url.appendingPathComponent("requests")).lines
            #expect(connections.allSatisfy { $0.address == "93.184.216.34" })
            #expect(connections.map(\.path).sorted() == ["/both.example", "/both.example", "/rebinds.example"])
        }
    }
}
