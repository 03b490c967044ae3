import Synchronization

/// What the server counts, as `/metrics` says it in Prometheus's text format (version 0.0.4).
final class Metrics: Sendable {
    /// The upper bounds of the latency histogram, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private struct Requests: Hashable {
        let route: String
        let status: Int
    }

    private struct State {
        var requests: [Requests: Int] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var nanoseconds: Int64 = 0
        var pictures = 0
        var pixels = 0
        var bytes = 0
    }

    private let state = Mutex(State())
    private let turns: Turns
    private let slots: UploadSlots
    private let connections: Connections

    init(turns: Turns, slots: UploadSlots, connections: Connections) {
        self.turns = turns
        self.slots = slots
        self.connections = connections
    }

    /// Counts a request once it has its answer.
    ///
    /// - Parameters:
    ///   - route: One of the routes' names, or `none`.
    ///   - time: From the request's head until the answer's body was made, which it may not be sent yet.
    func countRequest(_ route: String, _ status: Int, _ time: Duration) {
        let (seconds, attoseconds) = time.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let bucket = Self.bounds.firstIndex { Double(nanoseconds) <= $0 * 1e9 } ?? Self.bounds.count
        state.withLock { state in
            state.requests[Requests(route: route, status: status), default: 0] += 1
            state.buckets[bucket] += 1
            state.nanoseconds += nanoseconds
        }
    }

    /// Counts a picture that was measured.
    func countPicture(bytes: Int, pixels: Int) {
        state.withLock { state in
            state.pictures += 1
            state.bytes += bytes
            state.pixels += pixels
        }
    }

    /// All of it.
    var text: String {
        let now = state.withLock { $0 }
        var lines: [String] = []
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
            lines += samples.map { "\(name)\($0.labels) \($0.value)" }
        }
        func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
            family(name, type, help, [("", "\(value)")])
        }
        let requests = now.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
        family(
            "red_requests_total", "counter", "Requests answered, by route and status.",
            requests.map { ("{route=\"\($0.key.route)\",status=\"\($0.key.status)\"}", "\($0.value)") })
        lines += [
            "# HELP red_request_duration_seconds Time from a request's head to its answer.",
            "# TYPE red_request_duration_seconds histogram",
        ]
        var total = 0
        for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], now.buckets) {
            total += count
            lines.append("red_request_duration_seconds_bucket{le=\"\(bound)\"} \(total)")
        }
        lines.append("red_request_duration_seconds_sum \(Double(now.nanoseconds) / 1e9)")
        lines.append("red_request_duration_seconds_count \(total)")
        single("red_pictures_total", "counter", "Pictures measured.", now.pictures)
        single("red_pixels_total", "counter", "Pixels of the pictures measured.", now.pixels)
        single("red_picture_bytes_total", "counter", "Bytes of the pictures measured.", now.bytes)
        single("red_uploads", "gauge", "Uploads in flight.", slots.taken)
        single("red_measuring_queue", "gauge", "Pictures that wait to be measured.", turns.waiting)
        single("red_connections", "gauge", "Connections open.", connections.count)
        single("red_connections_total", "counter", "Connections taken.", connections.total)
        single("red_connections_evicted_total", "counter", "Idle connections closed for new ones.", connections.evicted)
        return lines.joined(separator: "\n") + "\n"
    }
}
