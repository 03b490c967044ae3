import SeededRandom
import TraceLog

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes a log as a server in mode `every` does: request trees of 3 to 26 spans, 16 requests at once, among other lines.
///
///     log-generator MEGABYTES PERCENT [FUNCTIONS [SEED]] > server.log
///
/// PERCENT of the lines are records: 100, 50, 1.
@main
struct LogGenerator {
    static func main() {
        let numbers = CommandLine.arguments.dropFirst().map { Int($0) }
        guard (2...4).contains(numbers.count), !numbers.contains(where: { $0.map { $0 < 1 } ?? true }),
            let megabytes = numbers[0], let percent = numbers[1], percent <= 100
        else {
            writeAll(
                STDERR_FILENO, Array("usage: log-generator MEGABYTES PERCENT [FUNCTIONS [SEED]] > server.log\n".utf8))
            exit(2)
        }
        var log = ServerLog(
            functions: numbers.count > 2 ? numbers[2] ?? 64 : 64, seed: UInt64(numbers.count > 3 ? numbers[3] ?? 1 : 1))
        log.begin()
        while log.bytes < megabytes * 1_000_000 { log.writeRequests(recordPercent: percent) }
        log.end()
    }
}

/// The log being written.
struct ServerLog {
    private struct Path {
        let id: UInt64
        let callsite: Int
        var children: [Int] = []
        let typicalNanoseconds: Double
    }

    private(set) var bytes = 0
    private var output: [UInt8] = []
    private var random: SeededGenerator
    private let session: UInt64
    private var sequence: UInt64 = 0
    private var now: UInt64 = 0
    private var lastClock: UInt64 = 0
    private var nextSpan: UInt64 = 1
    private var paths: [Path] = []
    private var roots: [Int] = []
    private let functionCount: Int

    init(functions: Int, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        session = random.next()
        functionCount = functions
        let rootCount = max(1, functions / 8)
        for root in 0..<rootCount { roots.append(addPath(callsite: root, depth: 0)) }
    }

    private mutating func addPath(callsite: Int, depth: Int) -> Int {
        let index = paths.count
        let typical = 2_000 * (1 + Double(random.next() % 1_000) / 10)
        paths.append(Path(id: UInt64(index + 1), callsite: callsite, typicalNanoseconds: typical))
        guard depth < 4 else { return index }
        let children = depth == 0 ? 3 : Int(random.next() % 3)
        for _ in 0..<children {
            let callee = functionCount / 8 + Int(random.next() % UInt64(max(1, functionCount - functionCount / 8)))
            let child = addPath(callsite: min(callee, functionCount - 1), depth: depth + 1)
            paths[index].children.append(child)
        }
        return index
    }

    /// Who writes, and the tables.
    mutating func begin() {
        write(
            .session(
                SessionRecord(
                    pid: 4242, host: "web-1", program: "server", buildId: "3f9c1e7a5b",
                    startWallNanoseconds: Self.startWall, clock: "tsc", mode: "every", flushMilliseconds: 1_000,
                    spanCostPicoseconds: 24_000)))
        writeClock()
        for callsite in 0..<functionCount {
            write(
                .callsite(
                    CallsiteRecord(
                        id: UInt64(callsite + 1), name: "module\(callsite % 7).step\(callsite)",
                        function: "step\(callsite)(_:)", file: "Server/Part\(callsite % 7).swift",
                        line: UInt64(10 + callsite))))
        }
        for (index, path) in paths.enumerated() {
            let parent = paths.firstIndex { $0.children.contains(index) }.map { paths[$0].id } ?? 0
            write(.path(PathRecord(id: path.id, parent: parent, callsite: UInt64(path.callsite + 1), form: .sync)))
        }
    }

    /// Sixteen requests whose spans come interleaved.
    mutating func writeRequests(recordPercent: Int) {
        var streams: [[SpanRecord]] = (0..<16).map { thread in
            var spans: [SpanRecord] = []
            let root = roots[Int(random.next() % UInt64(roots.count))]
            _ = request(root, start: now + random.next() % 1_000_000, parent: 0, thread: UInt64(thread + 1), &spans)
            return spans.reversed()
        }
        while !streams.isEmpty {
            let stream = Int(random.next() % UInt64(streams.count))
            guard let span = streams[stream].popLast() else {
                streams.remove(at: stream)
                continue
            }
            write(.span(span))
            writeOtherLines(recordPercent)
        }
        now += 2_000_000
        if now - lastClock > 1_000_000_000 { writeClock() }
    }

    /// Appends the spans of a call, those it calls first, and returns its duration and its on-CPU time.
    private mutating func request(
        _ path: Int, start: UInt64, parent: UInt64, thread: UInt64, _ spans: inout [SpanRecord]
    ) -> (duration: UInt64, cpu: UInt64) {
        let id = nextSpan
        nextSpan += 1
        // Log-normal, with one call in a hundred ten times as long.
        let factor = random.logNormal(sigma: 0.5) * (random.next() % 100 == 0 ? 10 : 1)
        let own = UInt64(paths[path].typicalNanoseconds * factor)
        var (inside, cpu) = (own / 2, own * (random.next() % 100) / 100)
        for child in paths[path].children where spans.count < 25 && random.next() % 4 != 0 {
            let call = request(child, start: start + inside, parent: id, thread: thread, &spans)
            inside += call.duration
            cpu += call.cpu
        }
        let duration = inside + own - own / 2
        spans.append(
            SpanRecord(
                path: paths[path].id, id: id, parent: parent, thread: thread, startNanoseconds: start,
                durationNanoseconds: duration, selfNanoseconds: own, cpuNanoseconds: cpu))
        return (duration, cpu)
    }

    private mutating func writeOtherLines(_ recordPercent: Int) {
        // So many other lines for each record, on average.
        var others = (100 - recordPercent) / recordPercent
        if random.next() % UInt64(recordPercent) < UInt64((100 - recordPercent) % recordPercent) { others += 1 }
        for _ in 0..<others {
            let number = random.next()
            append(
                "2026-11-24T00:00:\(10 + number % 50).\(100 + number >> 8 % 900)Z info server: [request=\(number >> 32)] "
                    + "GET /images/\(number % 100_000)?size=\(number >> 16 % 4096) 200 in \(number >> 24 % 1_000) ms, "
                    + "\(number >> 20 % 1_000_000) bytes\n")
        }
    }

    private mutating func writeClock() {
        lastClock = now
        write(
            .clock(
                ClockRecord(
                    wallNanoseconds: Self.startWall + now, monotonicNanoseconds: now, ticks: 2 * now,
                    ticksPerSecond: 2_000_000_000)))
    }

    /// The last records.
    mutating func end() {
        writeClock()
        write(.end(EndRecord(reason: "shutdown")))
        flush()
    }

    private mutating func write(_ record: Record) {
        append(record.encoded(RecordHeader(session: session, sequence: sequence)))
        sequence += 1
    }

    private mutating func append(_ text: String) { append(Array(text.utf8)) }

    private mutating func append(_ line: [UInt8]) {
        output += line
        bytes += line.count
        if output.count > 1 << 20 { flush() }
    }

    private mutating func flush() {
        writeAll(STDOUT_FILENO, output)
        output.removeAll(keepingCapacity: true)
    }

    private static let startWall: UInt64 = 1_795_478_400_000_000_000
}

/// Writes bytes, all of them, or ends the program.
private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else {
            perror("log-generator: write")
            exit(1)
        }
        rest = rest.dropFirst(count)
    }
}

extension SeededGenerator {
    /// Returns e to the power of a normal number with deviation `sigma`.
    mutating func logNormal(sigma: Double) -> Double {
        // The sum of twelve even numbers is close to a normal one.
        let sum = (0..<12).reduce(-6.0) { sum, _ in sum + Double(next() >> 11) / Double(1 << 53) }
        return exp(sigma * sum)
    }
}
