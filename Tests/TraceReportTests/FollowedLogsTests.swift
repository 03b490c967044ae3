import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import TraceReport

/// Real files that are written to, renamed, emptied and removed between looks at them.
@Suite("Logs that are followed")
struct FollowedLogsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    /// A log in both modes, of two sessions, with damage and other lines, that ends in a line feed.
    private func log(seed: UInt64) -> [UInt8] { PartTests().log(seed: seed, isInOrder: true) }

    private func append(_ bytes: some Collection<UInt8>, to name: String) throws {
        if !FileManager.default.fileExists(atPath: path(name)) {
            try Data().write(to: URL(fileURLWithPath: path(name)))
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
        try file.seekToEnd()
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }

    private func rename(_ name: String, to other: String) throws {
        if FileManager.default.fileExists(atPath: path(other)) {
            try FileManager.default.removeItem(atPath: path(other))
        }
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    /// What one reading of everything gives.
    private func whole(_ logs: [(name: String, bytes: [UInt8])]) throws -> Report {
        var analyser = LogAnalyser()
        for log in logs { try analyser.read(.bytes(log.bytes, name: path(log.name))) }
        return analyser.report()
    }

    /// Follows logs, each look of which is at everything.
    private struct Follower {
        var logs: FollowedLogs
        var analyser = LogAnalyser()
        var notes: [FollowedLogs.Note] = []

        init(_ paths: [String], rotated: Bool = false) throws {
            logs = FollowedLogs(paths, rotated: rotated, quietNanoseconds: 0, listingNanoseconds: 0)
            try logs.begin(&analyser)
        }

        mutating func look() throws {
            while try logs.look(into: &analyser) == .unfinished {}
            notes += logs.takeNotes()
        }

        mutating func end() throws -> Report {
            try logs.finish(into: &analyser)
            return analyser.report()
        }
    }

    @Test(
        "a log that grows in pieces cut anywhere, is rotated and is emptied gives the report of one reading",
        arguments: 0..<40)
    func pieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let log = log(seed: seed)
        var follower = try Follower([path("server.log")])
        var rest = log[...]
        var rotations = 0
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...4_000, using: &random))
            rest = rest.dropFirst(piece.count)
            try append(piece, to: "server.log")
            if Int.random(in: 0..<2, using: &random) == 0 { try follower.look() }
            guard Int.random(in: 0..<8, using: &random) == 0 else { continue }
            // Lines are whole where a log is rotated.
            let lineEnd = rest.prefix { $0 != 0x0a }.count + 1
            try append(rest.prefix(lineEnd), to: "server.log")
            rest = rest.dropFirst(lineEnd)
            try follower.look()
            rotations += 1
            if Bool.random(using: &random) {
                try rename("server.log", to: "server.log.1")
            } else {
                try FileHandle(forWritingTo: folder.url.appendingPathComponent("server.log")).truncate(atOffset: 0)
            }
        }
        let expected = try whole([("server.log", log)])
        let found = try follower.end()
        #expect(found == expected, "seed \(seed), \(rotations) rotations")
        #expect(JSONRenderer().render(found) == JSONRenderer().render(expected))
        #expect(follower.notes.isEmpty)
    }

    @Test("what is written to a log after it was renamed is read, and before what is in the new one")
    func renamed() throws {
        let log = log(seed: 3)
        let cuts = [0, 1, 2, 3].map { log.count / 4 * $0 } + [log.count]
        let lines = cuts.map { cut in cut == log.count ? cut : log[cut...].firstIndex(of: 0x0a)! + 1 }
        var follower = try Follower([path("server.log")])
        try append(log[..<lines[1]], to: "server.log")
        try follower.look()
        try rename("server.log", to: "server.log.1")
        try append(log[lines[1]..<lines[2]], to: "server.log.1")
        try append(log[lines[2]..<lines[3]], to: "server.log")
        try follower.look()
        #expect(follower.logs.count == 2)
        try follower.look()
        try follower.look()
        // Nothing came of the old one: it is let go, and with it a deleted one's room on the disk.
        #expect(follower.logs.count == 1)
        try append(log[lines[3]...], to: "server.log")
        #expect(try follower.end() == whole([("server.log", log)]))
    }

    @Test("an emptied log is read from its beginning even where it has grown beyond what was read")
    func overgrown() throws {
        let (first, second) = (log(seed: 1), Array("begun again\n".utf8) + log(seed: 2))
        try append(first.prefix(1_000), to: "server.log")
        var follower = try Follower([path("server.log")])
        try follower.look()
        let file = try FileHandle(forWritingTo: folder.url.appendingPathComponent("server.log"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(second))
        try file.close()
        // The line that was being written is one of its own.
        let expected = try whole([("server.log", first.prefix(1_000) + [0x0a] + second)])
        let found = try follower.end()
        #expect(found.functions == expected.functions)
        #expect(found.records == expected.records && found.inputs[0].lines == expected.inputs[0].lines)
    }

    @Test("a line that is being written is no torn one, and counts when it is finished or nobody is left to do it")
    func halves() throws {
        let lines = WrittenLog.pictureService().lines
        let last = lines[lines.count - 1]
        var follower = try Follower([path("server.log")])
        try append(lines.dropLast().joined(), to: "server.log")
        try append(last.prefix(20), to: "server.log")
        try follower.look()
        #expect(follower.analyser.report().inputs[0].unfinished == 0)
        let copy = follower
        try append(last.dropFirst(20), to: "server.log")
        try follower.look()
        #expect(follower.analyser.report().processes[0].hasEnded)
        _ = copy
        var other = try Follower([path("server.log")])
        try append("~hp1 span ".utf8, to: "server.log")
        #expect(try other.end().inputs[0].unfinished == 1)
        #expect(try follower.end().inputs[0].unfinished == 1)
    }

    @Test("logs that are not there yet, a folder's and a pattern's new ones are read; each file once")
    func joining() throws {
        try FileManager.default.createDirectory(atPath: path("logs"), withIntermediateDirectories: false)
        let named = [path("later.log"), path("logs"), path("web-*.log"), path("logs/a.log")]
        var follower = try Follower(named)
        try follower.look()
        try follower.look()
        #expect(follower.notes.map(\.path).sorted() == named.sorted())
        #expect(follower.notes.allSatisfy { $0.obstacle == nil })
        let logs = (0..<4 as Range<UInt64>).map { log(seed: $0) }
        let names = ["later.log", "logs/a.log", "web-1.log", "web-2.log"]
        for (name, log) in zip(names, logs) { try append(log, to: name) }
        // Names of folders are not followed, hidden files and those that are no text neither.
        try append(log(seed: 9), to: "logs/.hidden")
        try append([0, 1, 2, 3, 0x0a], to: "logs/red.sqlite")
        try follower.look()
        try rename("logs/a.log", to: "logs/b.log")
        try follower.look()
        let expected = try whole(Array(zip(names, logs).map { ($0, $1) }))
        let found = try follower.end()
        #expect(found.records == expected.records && found.functions == expected.functions)
        #expect(found.inputs.filter { $0.lines > 0 } == expected.inputs)
        let last = try #require(follower.notes.last)
        #expect(last == FollowedLogs.Note(path: path("logs/red.sqlite"), obstacle: .binary))
    }

    @Test("packed logs that are there are read once; one that is packed later was read before")
    func packed() throws {
        let log = log(seed: 4)
        let half = log[(log.count / 2)...].firstIndex(of: 0x0a)! + 1
        let packed = try InputsPackedTests.Packer.gzip.pack(Array(log[..<half]))
        try Data(packed).write(to: URL(fileURLWithPath: path("server.log.1.gz")))
        try append(log[half...], to: "server.log")
        for (named, rotated) in [([folder.url.path], false), ([path("server.log")], true)] {
            var follower = try Follower(named, rotated: rotated)
            try follower.look()
            try Data(try InputsPackedTests.Packer.zstd.pack(Array(log[half...])))
                .write(to: URL(fileURLWithPath: path("server.log.2.zst")))
            try follower.look()
            let isFolder = !rotated
            #expect(follower.notes.map(\.obstacle) == (isFolder ? [.packed] : []))
            let found = try follower.end()
            #expect(found.functions == (try whole([("server.log", log)])).functions)
            #expect(found.inputs.allSatisfy { $0.duplicates == 0 })
            try FileManager.default.removeItem(atPath: path("server.log.2.zst"))
        }
    }

    @Test("a log that is rotated a thousand times stays one input, and leaves no file open")
    func rotations() throws {
        let lines = WrittenLog.pictureService().lines
        var follower = try Follower([path("server.log")])
        for turn in 0..<1_000 {
            try append(lines[turn % lines.count], to: "server.log")
            try follower.look()
            try rename("server.log", to: "server.log.1")
        }
        try follower.look()
        #expect(follower.logs.count <= 2)
        let report = try follower.end()
        #expect(report.inputs.count == 1 && report.inputs[0].lines == 1_000)
    }

    @Test("a line of more than a mebibyte is passed over once, however it comes")
    func longLines() throws {
        let log = WrittenLog.pictureService().bytes
        let long = Array(repeating: UInt8(ascii: "x"), count: 2_500_000)
        let pieces = [log[..<500], long[...], [0x0a], log[...]]
        var follower = try Follower([path("server.log")])
        for piece in pieces {
            try append(piece, to: "server.log")
            try follower.look()
        }
        #expect(try follower.end() == whole([("server.log", Array(pieces.joined()))]))
    }

    @Test("a named pipe is read as it comes, and has ended when its writers have")
    func pipe() throws {
        let log = log(seed: 6)
        let long = Array(repeating: UInt8(ascii: "x"), count: 2_500_000) + [0x0a]
        try #require(mkfifo(path("pipe"), 0o600) == 0)
        var follower = try Follower([path("pipe")])
        try follower.look()
        #expect(!follower.logs.hasEnded && follower.logs.descriptors.count == 1)
        let writer = try FileHandle(forUpdating: folder.url.appendingPathComponent("pipe"))
        let all = log + long + Array("~hp1 span".utf8)
        var rest = all[...]
        while !rest.isEmpty {
            // Less than a pipe holds.
            try writer.write(contentsOf: Data(rest.prefix(30_001)))
            rest = rest.dropFirst(30_001)
            try follower.look()
        }
        #expect(!follower.logs.hasEnded)
        try writer.close()
        try follower.look()
        #expect(follower.logs.hasEnded && follower.logs.descriptors.isEmpty)
        #expect(try follower.end() == whole([("pipe", all)]))
    }

    @Test("a packed log in a pipe is refused, and where no log came that is an error")
    func errors() throws {
        try #require(mkfifo(path("pipe"), 0o600) == 0)
        var follower = try Follower([path("pipe")])
        let writer = try FileHandle(forUpdating: folder.url.appendingPathComponent("pipe"))
        try writer.write(contentsOf: Data(try InputsPackedTests.Packer.gzip.pack(log(seed: 1)).prefix(1_000)))
        #expect(throws: LogReadError.self) { try follower.look() }
        var nothing = try Follower([path("not.log")])
        #expect { try nothing.end() } throws: { error in
            (error as? LogReadError) == LogReadError(name: path("not.log"), reason: "no log came")
        }
    }
}
