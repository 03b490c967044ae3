import Synchronization

/// How many requests were answered, with what, and how long it took.
package final class RequestMetrics: Sendable {
    /// The upper bounds of the latency histogram, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private struct Answers: Hashable {
        let route: String
        let status: Int
    }

    private struct State {
        var requests: [Answers: Int] = [:]
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var nanoseconds: Int64 = 0
    }

    private let prefix: String
    private let connections: Connections
    private let state = Mutex(State())

    /// - Parameter prefix: What the metrics' names begin with: the program's name.
    package init(prefix: String, connections: Connections) {
        self.prefix = prefix
        self.connections = connections
    }

    /// Counts a request once it has its answer.
    ///
    /// - Parameters:
    ///   - route: One of the routes' names, or `none`.
    ///   - time: From the request's head until the answer's body was made, which it may not be sent yet.
    func count(_ route: String, _ status: Int, _ time: Duration) {
        let (seconds, attoseconds) = time.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let bucket = Self.bounds.firstIndex { Double(nanoseconds) <= $0 * 1e9 } ?? Self.bounds.count
        state.withLock { state in
            state.requests[Answers(route: route, status: status), default: 0] += 1
            state.buckets[bucket] += 1
            state.nanoseconds += nanoseconds
        }
    }

    /// Adds what was counted, and the connections.
    package func add(to text: inout MetricsText) {
        let now = state.withLock { $0 }
        let requests = now.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
        text.family(
            "\(prefix)_requests_total", "counter", "Requests answered, by route and status.",
            requests.map { ("{route=\"\($0.key.route)\",status=\"\($0.key.status)\"}", "\($0.value)") })
        text.histogram(
            "\(prefix)_request_duration_seconds", "Time from a request's head to its answer.", bounds: Self.bounds,
            counts: now.buckets, sum: Double(now.nanoseconds) / 1e9)
        text.gauge("\(prefix)_connections", "Connections open.", connections.count)
        text.counter("\(prefix)_connections_total", "Connections taken.", connections.total)
        text.counter(
            "\(prefix)_connections_evicted_total", "Idle connections closed for new ones.", connections.evicted)
    }
}
