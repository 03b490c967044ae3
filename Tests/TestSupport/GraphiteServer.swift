import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A carbon-cache and a graphite-web of the tests' own, from Debian's packages, on free ports of the loopback
/// address. Carbon keeps things as `Dashboards/carbon` says.
package actor GraphiteServer {
    /// The one that tests share that do not stop it; each has a prefix of its own.
    package static let shared = GraphiteServer()

    /// A metric: its values by their moments, in seconds, without those that are missing.
    package typealias Series = [Int64: Double]

    private var folder: TemporaryFolder?
    private var carbon: ServerProcess?
    private var web: ServerProcess?
    private var carbonPort: UInt16 = 0
    private var webPort: UInt16 = 0
    private var starting: Task<Void, any Error>?
    /// Of carbon.conf.
    private var settings: [String] = []

    /// Runs nothing yet.
    package init() {}

    /// Starts both if they do not run, and gives the port where carbon takes lines.
    package func port() async throws -> UInt16 {
        if starting == nil { starting = Task { try await start() } }
        try await starting?.value
        return carbonPort
    }

    /// Ends carbon as `kill -9` does.
    package func killCarbon() {
        carbon?.end()
        carbon = nil
    }

    /// Stops carbon where it is, as a debugger does: it keeps its connections, and reads nothing; or lets it go on.
    package func stopCarbon(_ stops: Bool) {
        if let carbon { kill(carbon.pid, stops ? SIGSTOP : SIGCONT) }
    }

    /// Starts carbon.
    ///
    /// - Parameter updatesPerSecond: How many metrics it writes to the disk in a second.
    package func startCarbon(updatesPerSecond: Int = 10_000) async throws {
        guard let folder else { return }
        try write("MAX_UPDATES_PER_SECOND = \(updatesPerSecond)", to: folder)
        let carbon = try ServerProcess(
            "/usr/bin/python3",
            [
                "/usr/bin/carbon-cache", "--config=\(folder.url.path)/carbon.conf",
                "--pidfile=\(folder.url.path)/carbon-\(UUID().uuidString).pid", "--nodaemon", "start",
            ],
            log: folder.url.appendingPathComponent("carbon-output"))
        try await carbon.waitUntilListening(carbonPort)
        self.carbon = carbon
    }

    /// What `/render` answers for targets: series by their names.
    ///
    /// - Parameter range: Seconds since 1970.
    package func render(_ targets: [String], _ range: Range<Int64>) async throws -> [String: Series] {
        var parts = URLComponents(string: "http://127.0.0.1:\(webPort)/render")
        parts?.queryItems =
            targets.map { URLQueryItem(name: "target", value: $0) } + [
                // A value at the moment of 'from' is not among the answer's.
                URLQueryItem(name: "from", value: "\(range.lowerBound - 1)"),
                URLQueryItem(name: "until", value: "\(range.upperBound - 1)"),
                URLQueryItem(name: "format", value: "json"), URLQueryItem(name: "noCache", value: "1"),
            ]
        guard var url = parts?.url?.absoluteString else { throw ServerProcess.Failure("no URL of \(targets)") }
        url = url.replacingOccurrences(of: "+", with: "%2B")
        struct Answer: Decodable {
            let target: String
            let datapoints: [[Double?]]
        }
        let data = try await get(url)
        let answers = try JSONDecoder().decode([Answer].self, from: data)
        return Dictionary(
            answers.map { answer in
                let points: [(Int64, Double)] = answer.datapoints.compactMap { point in
                    guard point.count == 2, let value = point[0], let time = point[1] else { return nil }
                    return (Int64(time), value)
                }
                return (answer.target, Dictionary(points) { $1 })
            }
        ) { $1 }
    }

    /// The names at the end of a query, as Grafana asks for a variable's values.
    package func find(_ query: String) async throws -> [String] {
        struct Node: Decodable {
            let text: String
        }
        let query = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let data = try await get("http://127.0.0.1:\(webPort)/metrics/find?query=\(query)")
        return try JSONDecoder().decode([Node].self, from: data).map(\.text)
    }

    private func get(_ text: String) async throws -> Data {
        guard let url = URL(string: text) else { throw ServerProcess.Failure("no URL: \(text)") }
        let (data, response) = try await URLSession.shared.data(from: url)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw ServerProcess.Failure("graphite-web: \(text): \(String(decoding: data.suffix(600), as: UTF8.self))")
        }
        return data
    }

    private func start() async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Servers/graphite_web.py").path
        for program in ["/usr/bin/carbon-cache", "/usr/bin/graphite-manage"]
        where !FileManager.default.isExecutableFile(atPath: program) {
            throw ServerProcess.Failure("\(program) is not installed; scripts/setup installs it")
        }
        let folder = try TemporaryFolder()
        self.folder = folder
        carbonPort = try ServerProcess.freePort()
        webPort = try ServerProcess.freePort()
        let queryPort = try ServerProcess.freePort()
        try prepare(folder, queryPort)
        try await startCarbon()
        let web = try ServerProcess(
            "/usr/bin/python3", [script, "\(webPort)", folder.url.path, "\(queryPort)"],
            log: folder.url.appendingPathComponent("web-output"))
        try await web.waitUntilListening(webPort)
        self.web = web
    }

    private func prepare(_ folder: TemporaryFolder, _ queryPort: UInt16) throws {
        let path = folder.url.path
        // graphite-web looks at its start which folders there are.
        try FileManager.default.createDirectory(atPath: "\(path)/whisper", withIntermediateDirectories: false)
        settings = [
            "[cache]", "STORAGE_DIR = \(path)", "LOCAL_DATA_DIR = \(path)/whisper/", "CONF_DIR = \(path)",
            "LOG_DIR = \(path)", "PID_DIR = \(path)", "DATABASE = whisper", "MAX_CREATES_PER_MINUTE = inf",
            "LINE_RECEIVER_INTERFACE = 127.0.0.1", "LINE_RECEIVER_PORT = \(carbonPort)",
            "PICKLE_RECEIVER_INTERFACE = 127.0.0.1", "PICKLE_RECEIVER_PORT = \(try ServerProcess.freePort())",
            "CACHE_QUERY_INTERFACE = 127.0.0.1", "CACHE_QUERY_PORT = \(queryPort)", "ENABLE_UDP_LISTENER = False",
            "ENABLE_LOGROTATION = False", "ENABLE_TAGS = False", "CARBON_METRIC_INTERVAL = 0",
        ]
        let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Dashboards/carbon").standardizedFileURL
        for name in ["storage-schemas.conf", "storage-aggregation.conf"] {
            try FileManager.default.copyItem(
                at: files.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
        }
    }

    private func write(_ setting: String, to folder: TemporaryFolder) throws {
        let text = (settings + [setting]).map { "\($0)\n" }.joined()
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("carbon.conf"))
    }
}
