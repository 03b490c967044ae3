import Foundation
import Testing
import TraceLog

@testable import TraceReport

/// Log lines as collectors, daemons and container engines store them.
@Suite("Records in what collectors make of a line")
struct InputsWrapperTests {
    /// What stands before and after each line of a program.
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let before: String
        var after = "\n"

        var testDescription: String { name }
    }

    private static let shapes = [
        Shape(name: "Docker json-file", before: #"{"log":""#, after: jsonFile),
        Shape(
            name: "Docker json-file with attributes", before: #"{"log":""#,
            after: #"\n","stream":"stderr","attrs":{"tag":"red"},"time":"2026-11-24T00:00:00.000000001Z"}"# + "\n"),
        Shape(name: "Kubernetes CRI", before: "2026-11-24T00:00:00.123456789Z stderr F "),
        Shape(name: "Kubernetes CRI, a line's last part", before: "2026-11-24T01:00:00.123456789+01:00 stdout P "),
        Shape(name: "kubectl logs --prefix --timestamps", before: "[pod/red-0/red] 2026-11-24T00:00:00.1Z "),
        Shape(name: "docker compose logs", before: "red-1  | "),
        Shape(name: "syslog, RFC 3164", before: "<14>Nov 24 00:00:00 web-1 red[4242]: "),
        Shape(name: "syslog as rsyslog stores it", before: "2026-11-24T00:00:00.000001+01:00 web-1 red[4242]: "),
        Shape(name: "syslog, RFC 5424", before: "<14>1 2026-11-24T00:00:00.003Z web-1 red 4242 ID47 - \u{feff}"),
        Shape(
            name: "syslog, RFC 5424 with structured data",
            before: #"<14>1 2026-11-24T00:00:00Z web-1 red 4242 - [a@32473 k="v\"]"] "#),
        Shape(
            name: "syslog over TCP, octets counted (RFC 6587)",
            before: "212 <14>1 2026-11-24T00:00:00Z web-1 red - - - "),
        Shape(name: "journalctl -o short", before: "Nov 24 00:00:00 web-1 red[4242]: "),
        Shape(name: "journalctl -o short-iso-precise", before: "2026-11-24T00:00:00.000001+0100 web-1 red[4242]: "),
        Shape(name: "journalctl -o cat", before: ""),
        Shape(
            name: "journalctl -o json", before: #"{"_PID":"4242","MESSAGE":""#,
            after: #"","PRIORITY":"6","__CURSOR":"s=1;i=2"}"# + "\n"),
        Shape(name: "journalctl -o export", before: "_PID=4242\nMESSAGE=", after: "\n__CURSOR=s=1;i=2\n\n"),
        Shape(name: "Fluent Bit", before: #"{"date":1795478400.1,"log":""#, after: #""}"# + "\n"),
        Shape(name: "CloudWatch Logs, exported", before: "2026-11-24T00:00:00.000Z "),
        Shape(name: "a swift-log handler", before: "2026-11-24T00:00:00+0000 info red: [Hoofprint] "),
        Shape(name: "ANSI colours before the record", before: "\u{1b}[32mINFO\u{1b}[0m "),
        Shape(name: "CRLF", before: "", after: "\r\n"),
        Shape(name: "Docker json-file of a program that writes CRLF", before: #"{"log":""#, after: #"\r"# + jsonFile),
        Shape(name: "a record after white space", before: "\t  ", after: "  \n"),
    ]

    private static let jsonFile = #"\n","stream":"stderr","time":"2026-11-24T00:00:00.000000001Z"}"# + "\n"

    /// Records whose texts hold what wrappers escape.
    private static let log: WrittenLog = {
        var log = WrittenLog()
        log.writeSession()
        log.writeClock(seconds: 0)
        let names = [#"GET /a?b="c"&d=\e"#, "</script>", "Größe\u{2028}", "a\tb\r\nc", "{\"log\":1}"]
        for (index, name) in names.enumerated() {
            log.writePath(UInt64(index) + 1, under: UInt64(index), name)
        }
        log.writeClock(seconds: 10)
        for path in 1...5 as ClosedRange<UInt64> {
            log.writeStats(path, count: 10 * path, total: 9_000_000 / path, own: 1_000_000, cpu: 500_000)
        }
        return log
    }()

    @Test("all records are found, nothing is damaged, and the ranking is that of the bare log", arguments: shapes)
    func shape(shape: Shape) throws {
        let wrapped = Self.log.lines.flatMap { line in
            Array(shape.before.utf8) + line.dropLast() + Array(shape.after.utf8)
        }
        let bare = try report(Self.log.bytes)
        let found = try report(wrapped)
        #expect(found.records == bare.records)
        #expect(found.inputs[0].damaged == 0 && found.inputs[0].lost == 0)
        #expect(found.functions == bare.functions)
    }

    @Test("a record behind so much text that the line was cut at 16 KiB is counted as damaged, and as lost")
    func partialLine() throws {
        let time = "2026-11-24T00:00:00.123456789Z stderr "
        var lines = Self.log.lines.map { Array("\(time)F ".utf8) + $0 }
        let place = lines.count - 2
        let long = Array(String(repeating: "x", count: 16_300).utf8) + Self.log.lines[place].dropLast()
        let cut = 16_384
        lines[place] = Array("\(time)P ".utf8) + long[..<cut] + Array("\n\(time)F ".utf8) + long[cut...] + [0x0a]
        let found = try report(Array(lines.joined()))
        #expect(found.inputs[0].damaged == 1)
        #expect(found.inputs[0].lost == 1)
        #expect(found.records == UInt64(lines.count - 1))
    }

    @Test("messages that journalctl -o json writes as byte numbers are read", arguments: [1, 2, 3, 100])
    func byteNumbers(each: Int) throws {
        let lines = Self.log.lines.enumerated().map { index, line in
            // A colour makes journald take the message for binary.
            let text = Array("\u{1b}[32m\n".utf8) + line.dropLast()
            let message =
                index % each == 0 ? numbers(text) : "\"" + String(decoding: line.dropLast(), as: UTF8.self) + "\""
            return Array("{\"MESSAGE\":\(message),\"PRIORITY\":\"6\"}\n".utf8)
        }
        let log = Array(lines.joined())
        let (bare, found) = (try report(Self.log.bytes), try report(log))
        #expect(found.functions == bare.functions)
        #expect(found.records == bare.records && found.inputs[0].lines == bare.inputs[0].lines)
        #expect(found.inputs[0].bytes == UInt64(log.count))
        #expect(found.inputs[0].lost == 0 && found.inputs[0].damaged == 0)
        // In the stretch of time from the last clock on, too.
        var clocks = ClockReader(TimeStretch(since: WrittenLog.start + 5_000_000_000))
        try clocks.read(.bytes(log, name: "log"))
        #expect(clocks.clocks == WrittenLog.start...(WrittenLog.start + 10_000_000_000))
    }

    @Test("byte numbers that are none are left as they are, and the lines behind them are read")
    func noByteNumbers() throws {
        let record = String(decoding: Self.log.lines[0].dropLast(), as: UTF8.self)
        for numbers in [
            "[]", "[", "[1,", "[1,2", "[256]", "[1,,2]", "[-1]", "[1.5]", "[0001]", "[\"a\"]", "null", "[[1]]",
        ] {
            let log =
                "{\"MESSAGE\":\(numbers),\"PRIORITY\":\"6\"}\n{\"MESSAGE\":\"\(record)\"}\n{\"MESSAGE\":\(numbers)"
            let found = try report(Array(log.utf8))
            #expect(found.records == 1 && found.inputs[0].lines == 3, "\(numbers)")
        }
    }

    @Test("a journal of numbers alone is not longer as text", arguments: [UInt8(0x0a), 0x09, 0x22, 0x00, 0xff])
    func onlyNumbers(byte: UInt8) throws {
        let line = "{\"MESSAGE\":\(numbers([byte])),\"_PID\":\"1\"}\n"
        let log = String(repeating: line, count: 20_000) + "{\"MESSAGE\":\(numbers(Self.log.lines[0].dropLast()))}\n"
        #expect(try report(Array(log.utf8)).records == 1)
    }

    private func numbers(_ text: some Sequence<UInt8>) -> String {
        "[" + text.map { String($0) }.joined(separator: ",") + "]"
    }
}
