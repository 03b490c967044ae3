import Foundation
import TestSupport
import Testing

@testable import Hoofprint

/// What the kernel never writes must do no harm either.
@Suite("Text from /proc")
struct ProcTextTests {
    private func reading<Value>(_ text: String, _ body: (inout ProcText) -> Value) -> Value {
        Array(text.utf8).withUnsafeBytes { bytes in
            var text = ProcText(bytes)
            return body(&text)
        }
    }

    @Test(
        "is a number or is none",
        arguments: [
            ("0", 0), ("007", 7), (" \t42 7", 42), ("\n42", 42), ("18446744073709551615", UInt64.max),
            ("18446744073709551616", nil), ("99999999999999999999999999", nil), ("", nil), ("   ", nil), ("-1", nil),
            ("+1", nil), ("1.5", nil), ("0x10", nil), ("1\0", nil), ("\0", nil), ("٣", nil), ("max", nil), ("1e3", nil),
        ] as [(String, UInt64?)])
    func number(text: String, value: UInt64?) {
        #expect(reading(text) { $0.number() } == value)
    }

    @Test(
        "is a number with a point or is none",
        arguments: [
            ("0.20", 200), ("1.97 3", 1970), ("12", 12_000), ("0.12349", 123), ("18446744073709551.615", UInt64.max),
            ("18446744073709551.616", nil), ("18446744073709551616", nil), (".5", nil), ("5.", nil), (".", nil),
            ("1.2.3", nil), ("-0.5", nil), ("nan", nil), ("inf", nil), ("1.x", nil), ("1.234x", nil), ("", nil),
        ] as [(String, UInt64?)])
    func fixedPoint(text: String, value: UInt64?) {
        #expect(reading(text) { $0.fixedPoint(decimals: 3) } == value)
    }

    @Test(
        "a thread's state stands after its name, whatever that is",
        arguments: [
            ("7 (server) S 1 2", "S"), ("7 (a) R (b) D 1", "D"), ("7 (\n) Z) R 1 2", "R"), ("7 () S", "S"),
            ("7 (server)", nil), ("7 (server", nil), ("", nil), (")", nil), ("\0\0)\0", "\0"),
        ] as [(String, Character?)])
    func state(text: String, state: Character?) {
        #expect(reading(text) { ThreadProbe.state(&$0) } == state?.asciiValue)
    }

    @Test(
        "a thread's times are two numbers or none",
        arguments: [("1 2 3\n", true), ("1", false), ("", false), ("-1 2 3", false), ("1 x 3", false)])
    func times(text: String, isThere: Bool) {
        #expect((reading(text) { ThreadProbe.times(&$0) } != nil) == isThere)
    }

    @Test(
        "bytes and calls: what cannot be read is left out",
        arguments: [
            ("rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n", [1, 2, 3, 4, 5, 6]),
            ("rchar: 1\nwchar: -2\nsyscr:\nsyscw: 4x\nread_bytes: 5", [1, 5]),
            ("cancelled_write_bytes: 9\nwrite_bytes: 6\nxrchar: 1\n rchar 1\n", [6]),
            ("rchar: 184467440737095516160\n\n\n:\n: :\n", []), ("", []), ("\0\0\0\n\n", []),
        ] as [(String, [UInt64])])
    func io(text: String, values: [UInt64]) {
        #expect(reading(text) { IOProbe.counters(&$0) }.map(\.value) == values)
    }

    @Test(
        "load: as far as it can be read",
        arguments: [
            ("0.20 0.18 0.12 1/80 11206\n", [200, 180, 120, 1, 80]), ("0.20 0.18 0.12 1-80 11206", [200, 180, 120]),
            ("0.20 x 0.12 1/80", [200]), ("0.20 0.18 0.12 /", [200, 180, 120]), ("", []), ("\0", []),
            ("0.20 0.18 0.12 1/", [200, 180, 120]), ("0.20 0.18 0.12 1/2/3", [200, 180, 120]),
        ] as [(String, [UInt64])])
    func load(text: String, values: [UInt64]) {
        var counters: [ProbeCounter] = []
        reading(text) { PressureProbe.addLoad(&$0, to: &counters) }
        #expect(counters.map(\.value) == values)
    }

    @Test(
        "stalls: as far as they can be read",
        arguments: [
            (
                "some avg10=8.14 avg60=29.52 avg300=19.11 total=222474419\nfull avg10=0.00 avg60=0.00 total=7\n",
                [
                    "io_some_avg10_centipercent": 814, "io_some_us": 222_474_419, "io_full_avg10_centipercent": 0,
                    "io_full_us": 7,
                ]
            ),
            ("some total=1", ["io_some_us": 1]), ("some avg10= total=\nfull total=x", [:]),
            ("most avg10=1.00 total=5\nsome", [:]), ("some avg10=1.00.0 total=18446744073709551616", [:]),
            ("some total=1 total", ["io_some_us": 1]), ("", [:]), ("\n\n\0", [:]),
        ] as [(String, [String: UInt64])])
    func stalls(text: String, values: [String: UInt64]) {
        var counters: [ProbeCounter] = []
        reading(text) { PressureProbe.addStalls(&$0, of: "io", to: &counters) }
        #expect(Dictionary(uniqueKeysWithValues: counters.map { ($0.name, $0.value) }) == values)
    }

    @Test(
        "a control group is a path of this process's view, or none",
        arguments: [
            ("0::/\n", "/"), ("9:name=systemd:/\n4:memory:/x\n0::/server.slice/a b\n", "/server.slice/a b"),
            ("0::/../other", nil), ("0::", nil), ("0::relative", nil), ("10::/x", nil), ("4:memory:/x", nil), ("", nil),
        ] as [(String, String?)])
    func group(text: String, path: String?) {
        #expect(reading(text) { PressureProbe.group(&$0) } == path)
    }

    @Test("random bytes are read without harm")
    func randomBytes() {
        var state: UInt64 = 20_261_124
        let alphabet = Array("0123456789 \n\t.:/=()-somefullavg10total".utf8) + [0, 255]
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var bits = state
            let bytes = (0..<Int(state >> 58)).map { _ -> UInt8 in
                bits = bits &* 6_364_136_223_846_793_005 &+ 1
                return alphabet[Int(bits >> 33) % alphabet.count]
            }
            var counters: [ProbeCounter] = []
            for parse in [PressureProbe.addLoad, { PressureProbe.addStalls(&$0, of: "x", to: &$1) }] {
                bytes.withUnsafeBytes { bytes in
                    var text = ProcText(bytes)
                    parse(&text, &counters)
                }
            }
            let read = bytes.withUnsafeBytes { bytes in
                var text = ProcText(bytes)
                counters += IOProbe.counters(&text)
                // Nothing is invented: a text ends.
                var words = 0
                while text.line() != nil || text.word() != nil { words += 1 }
                return words
            }
            #expect(read <= bytes.count)
        }
    }

    @Test("a file longer than is read ends with its last whole line")
    func longFile() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("long")
        try Data("123456\n123456\n123456\n".utf8).write(to: file)
        func lines(_ maximumBytes: Int) -> [UInt64]? {
            ProcText.reading(file.path, maximumBytes: maximumBytes) { text in
                var numbers: [UInt64] = []
                while var line = text.line() { numbers.append(line.number() ?? 0) }
                return numbers
            }
        }
        #expect(lines(4096) == [123_456, 123_456, 123_456])
        #expect(lines(10) == [123_456])
        #expect(lines(14) == [123_456, 123_456])
        #expect(lines(3) == [])
        #expect(ProcText.reading(folder.url.path) { $0.number() } == nil)
        #expect(ProcText.reading(file.path + ".gone") { $0.number() } == nil)
    }

    @Test("pressure: what a group of version 2 says is read, and what is not there is left out")
    func controlGroup() throws {
        let folder = try TemporaryFolder()
        func write(_ text: String, _ path: String) throws {
            let file = folder.url.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        func counters() -> [String: UInt64] {
            let probe = PressureProbe(
                processes: folder.url.path + "/proc", controlGroups: folder.url.path + "/groups")
            return Dictionary(uniqueKeysWithValues: probe.read().map { ($0.name, $0.value) })
        }
        #expect(counters().isEmpty)
        try write("0::/server\n", "proc/self/cgroup")
        #expect(counters().isEmpty)
        try write("4096\n", "groups/server/memory.current")
        try write("max\n", "groups/server/memory.max")
        try write("usage_usec 9\nnr_periods 3\nnr_throttled 2\nthrottled_usec 1234\n", "groups/server/cpu.stat")
        #expect(
            counters() == ["cgroup_memory_bytes": 4096, "cgroup_throttled": 2, "cgroup_throttled_us": 1234])
        try write("8192\n", "groups/server/memory.max")
        try write("0.10 0.20 0.30 2/345 6\n", "proc/loadavg")
        #expect(counters()["cgroup_memory_limit_bytes"] == 8192)
        #expect(counters()["load15_milli"] == 300)
    }
}
