import SeededRandom
import TraceLog

/// Changes logs by chance, and makes their records whole again, so that changes get past the checksum.
struct LogMutator {
    private var generator: SeededGenerator
    private static let tokens = [
        "~hp1 ", "~", "\n", "\r\n", "\0", " c=", " c=00000000", "=", "%0A", "%", "18446744073709551615",
        "18446744073709551616", "0", "00000000000000000001", "-1", "path=0", "path=1", "parent=1", "callsite=1", "id=1",
        "count=18446744073709551615", "histogram=-", "histogram=0:3w5e11264sgsf", "parts=2",
        "parts=18446744073709551615",
        "stack=1:pr4p.-6hc,?!", "spans=1.0.0.7a36o.4618g.39v", "hz=0", "hz=1", "start=18446744073709551615",
        "form=async",
        "stats", "buckets", "span", "tree", "request", "session", "clock", "%1B]0;x%07", "%E2%80%AE", "%E2%80%A8", "\"",
        "\\n",
    ]

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Changes one thing.
    mutating func change(_ log: inout [UInt8]) {
        guard !log.isEmpty else { return }
        let place = below(log.count), end = min(log.count, place + 1 + below(120))
        switch below(6) {
        case 0: log.removeSubrange(place..<end)
        case 1: log.insert(contentsOf: log[place..<end], at: below(log.count))
        case 2: log.insert(contentsOf: Self.tokens[below(Self.tokens.count)].utf8, at: place)
        case 3: replaceNumber(in: &log, near: place)
        case 4: moveLine(in: &log)
        default: replaceField(in: &log, near: place)
        }
    }

    /// The log with the right checksum in every line that has the shape of a record.
    static func sealed(_ log: [UInt8]) -> [UInt8] {
        var lines = log.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        for index in lines.indices {
            guard let start = last(of: RecordFormat.markerBytes, in: lines[index]),
                let end = first(of: Array(" c=".utf8), in: lines[index], from: start), end + 11 <= lines[index].count
            else { continue }
            let record = Array(lines[index][start..<end])
            let words = record.split(separator: 0x20, maxSplits: 3)
            guard words.count > 2, let tag = UInt64(String(decoding: words[2], as: UTF8.self), radix: 16) else {
                continue
            }
            let checksum = String(record.withUnsafeBytes { Checksum.of($0, key: tag) }, radix: 16)
            let digits = String(repeating: "0", count: 8 - checksum.count) + checksum
            lines[index].replaceSubrange(end + 3..<end + 11, with: digits.utf8)
        }
        return Array(lines.joined(separator: [0x0A]))
    }

    private static func first(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + pattern.count else { return nil }
        return (start...bytes.count - pattern.count).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }

    private static func last(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (0...bytes.count - pattern.count).last { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    private mutating func replaceNumber(in log: inout [UInt8], near place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = log[place...].firstIndex(where: isDigit) else { return }
        let end = log[start...].firstIndex { !isDigit($0) } ?? log.count
        let numbers: [UInt64] = [0, 1, 2, 3, 127, 128, 16_383, 65_535, 1 << 32, 1 << 62, 1 << 63, .max - 1, .max]
        log.replaceSubrange(start..<end, with: String(numbers[below(numbers.count)]).utf8)
    }

    /// Puts a token in the place of a whole field.
    private mutating func replaceField(in log: inout [UInt8], near place: Int) {
        guard let start = log[place...].firstIndex(of: 0x20) else { return }
        let end = log[(start + 1)...].firstIndex { $0 == 0x20 || $0 == 0x0A } ?? log.count
        log.replaceSubrange(start + 1..<end, with: Self.tokens[below(Self.tokens.count)].utf8)
    }

    private mutating func moveLine(in log: inout [UInt8]) {
        var lines = log.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        let line = lines.remove(at: below(lines.count))
        lines.insert(line, at: below(lines.count + 1))
        log = Array(lines.joined(separator: [0x0A]))
    }
}
