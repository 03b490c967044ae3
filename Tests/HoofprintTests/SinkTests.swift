import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

@Suite("Sinks")
struct SinkTests {
    @Test("a file sink appends, beside what is there")
    func file() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.log")
        try Data("before\n".utf8).write(to: file)
        let run = try ScenarioRun.run("nested", ["HOOFPRINT_SINK": "file:\(file.path)"])
        #expect(run.standardError.isEmpty)
        let log = DecodedLog([UInt8](try Data(contentsOf: file)))
        #expect(log.foreignLines == ["before"])
        #expect(log.counts["request"] == [1])
        #expect(log.damagedLines == 0)
    }

    @Test("several sinks each get every record")
    func fanOut() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.log")
        let run = try ScenarioRun.run("nested", ["HOOFPRINT_SINK": "stderr,file:\(file.path)"])
        #expect(try Data(contentsOf: file) == Data(run.standardError))
    }

    @Test("a file rotates by size, every part can be read alone, and nothing is lost")
    func rotation() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.log")
        _ = try ScenarioRun.run(
            "flushes",
            [
                "HOOFPRINT_SINK": "file:\(file.path)", "HOOFPRINT_FILE_BYTES": "4096", "HOOFPRINT_FILES": "100",
            ])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names.count > 3)
        var sequences: [UInt64] = []
        for name in names {
            let log = DecodedLog([UInt8](try Data(contentsOf: folder.url.appendingPathComponent(name))))
            #expect(log.damagedLines == 0)
            guard case .session? = log.records.first?.record else {
                Issue.record("\(name) does not begin with a session record")
                continue
            }
            #expect(log.counts.keys.allSatisfy { !$0.contains("?") && $0.hasPrefix("request") })
            sequences += log.records.map(\.header.sequence)
        }
        #expect(sequences.sorted() == Array(0..<UInt64(sequences.count)))
    }

    @Test("old rotated files give way")
    func keptFiles() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.log")
        _ = try ScenarioRun.run(
            "flushes",
            ["HOOFPRINT_SINK": "file:\(file.path)", "HOOFPRINT_FILE_BYTES": "4096", "HOOFPRINT_FILES": "2"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names.sorted() == ["server.log", "server.log.1", "server.log.2"])
    }

    @Test("a log renamed, removed or cut from outside is followed, and begins with the tables again")
    func outsideRotation() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("server.log")
        let sink = FileSink(path: file.path)
        func write(_ text: String) -> Bool {
            let isFresh = sink.prepare()
            let taken = Array(text.utf8).withUnsafeBytes { sink.write($0) }
            #expect(taken == text.utf8.count)
            return isFresh
        }
        #expect(write("one\n"))
        #expect(!write("two\n"))
        try FileManager.default.moveItem(at: file, to: folder.url.appendingPathComponent("server.log.1"))
        #expect(write("three\n"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "three\n")
        try FileManager.default.removeItem(at: file)
        #expect(write("four\n"))
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 0)
        #expect(write("five\n"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "five\n")
    }

    @Test("a log that cannot be opened is told once and does the program no harm")
    func unwritable() throws {
        let run = try ScenarioRun.run("flushes", ["HOOFPRINT_SINK": "file:/nonexistent/folder/server.log"])
        #expect(run.status == 0)
        #expect(
            run.log.foreignLines == [
                "hoofprint: cannot open the log '/nonexistent/folder/server.log': No such file or directory; records "
                    + "are lost until it can be opened, or name another file with HOOFPRINT_SINK=file:PATH"
            ])
    }

    @Test("a full disk costs the program nothing, and another sink's log does not tell of its losses")
    func fullDevice() throws {
        let run = try ScenarioRun.run("flushes", ["HOOFPRINT_SINK": "stderr,file:/dev/full"])
        #expect(run.status == 0)
        let log = run.log
        #expect(log.counts["request"] == [20])
        let sequences = log.records.map(\.header.sequence)
        #expect(sequences == Array(0..<UInt64(sequences.count)))
        let drops = log.records.count { if case .drops = $0.record { true } else { false } }
        #expect(drops > 0 && log.drops == DropsRecord())
    }

    @Test("plug-ins written by a user work beside ours")
    func selfMade() throws {
        let run = try ScenarioRun.run("self-made")
        let log = DecodedLog(run.standardOutput)
        #expect(log.counts == ["request": [1], "request > step": [3], "request > step > part": [3, 3]])
        #expect(log.foreignLines == ["in memory: \(log.records.count)"])
        let isProbed = log.records.contains {
            $0.record == .probe(ProbeRecord(name: "answer", counters: [.init(name: "value", value: 42)]))
        }
        #expect(isProbed)
    }

    @Test("a line cut short by a full disk is closed before the next")
    func shortWrite() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        var writer = DescriptorWriter()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 150_000) + [UInt8(ascii: "\n")]
        let taken = line.withUnsafeBytes { writer.write($0, to: ends[1]) }
        #expect(taken > 0 && taken < line.count)
        var buffer = [UInt8](repeating: 0, count: 200_000)
        #expect(read(ends[0], &buffer, buffer.count) == taken)
        let next = Array("whole\n".utf8)
        #expect(next.withUnsafeBytes { writer.write($0, to: ends[1]) } == next.count)
        let count = read(ends[0], &buffer, buffer.count)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "\nwhole\n")
        close(ends[1])
    }

    @Test("a line that a full disk left without its line feed alone is whole, and not lost")
    func withoutFeed() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let room = 65_536
        var writer = DescriptorWriter()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: room) + [UInt8(ascii: "\n")]
        #expect(line.withUnsafeBytes { writer.write($0, to: ends[1]) } == line.count)
        #expect(writer.owesFeed)
        var buffer = [UInt8](repeating: 0, count: 2 * room)
        #expect(read(ends[0], &buffer, buffer.count) == room)
        let next = Array("whole\n".utf8)
        #expect(next.withUnsafeBytes { writer.write($0, to: ends[1]) } == next.count)
        #expect(!writer.owesFeed)
        let count = read(ends[0], &buffer, buffer.count)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "\nwhole\n")
    }
}
