import Foundation
import TestSupport
import Testing

@testable import TraceReport

@Suite("The logs that a command line names")
struct InputsFilesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let names = [
            "server.log", "server.log.1", "server.log.2.gz", "server.log.10.gz", "web-10.log", "web-2.log", ".hidden",
            "app.log", "app.log-20261125.zst", "app.log-20261124.zst", "app-20261123.log",
        ]
        for name in names { try write(Array("a line\n".utf8), name) }
        try write([0x53, 0x51, 0, 1], "red.sqlite")
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("old"), withIntermediateDirectories: true)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url(name)) }
    private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }
    private func path(_ name: String) -> String { url(name).path }

    private func names(_ files: LogFiles) -> [String] {
        files.inputs.map { $0.name.replacingOccurrences(of: folder.url.path + "/", with: "") }
    }

    @Test("a folder is its logs: by name, each rotated set oldest first; binary files are told")
    func ofFolder() throws {
        let files = try LogFiles.expand([folder.url.path])
        #expect(
            names(files) == [
                "app-20261123.log", "app.log-20261124.zst", "app.log-20261125.zst", "app.log", "server.log.10.gz",
                "server.log.2.gz", "server.log.1", "server.log", "web-2.log", "web-10.log",
            ])
        #expect(files.notes == [.binaryFiles(folder: folder.url.path, count: 1)])
        #expect(files.storedBytes == 70)
    }

    @Test("a file alone is that file; with its rotated set, oldest first")
    func rotated() throws {
        #expect(try names(.expand([path("server.log")])) == ["server.log"])
        #expect(
            try names(.expand([path("server.log")], rotated: true)) == [
                "server.log.10.gz", "server.log.2.gz", "server.log.1", "server.log",
            ])
        #expect(
            try names(.expand([path("app.log")], rotated: true)) == [
                "app-20261123.log", "app.log-20261124.zst", "app.log-20261125.zst", "app.log",
            ])
        #expect(try names(.expand([path("web-2.log")], rotated: true)) == ["web-2.log"])
    }

    @Test("a pattern that the shell left is expanded, unless a file has that name")
    func patterns() throws {
        #expect(try names(.expand([path("web-*.log")])) == ["web-2.log", "web-10.log"])
        let rotated = try names(.expand([path("server.log.[12]*")]))
        #expect(rotated == ["server.log.10.gz", "server.log.2.gz", "server.log.1"])
        try write([], "a[1].log")
        #expect(try names(.expand([path("a[1].log")])) == ["a[1].log"])
        let error = #expect(throws: LogReadError.self) { try LogFiles.expand([path("no*")]) }
        #expect(error?.reason == "no file fits the pattern")
    }

    @Test("a file is taken once, by whatever names")
    func once() throws {
        try FileManager.default.linkItem(at: url("server.log"), to: url("hard"))
        try FileManager.default.createSymbolicLink(at: url("soft"), withDestinationURL: url("server.log"))
        let files = try LogFiles.expand([path("server.log"), path("hard"), path("soft"), path("server.log"), "-"])
        #expect(names(files) == ["server.log", "-"])
        #expect(
            files.notes == ["hard", "soft", "server.log"].map { .sameFile(path: path($0), as: path("server.log")) })
    }

    @Test("what is not there is left to reading; a folder without logs is an error")
    func missing() throws {
        #expect(try names(.expand([path("nothing")])) == ["nothing"])
        #expect(try LogFiles.expand([path("nothing")]).storedBytes == nil)
        #expect(throws: LogReadError(name: path("old"), reason: "the folder holds no log")) {
            try LogFiles.expand([path("old")])
        }
    }

    @Test(
        "names of rotated logs",
        arguments: [
            ("server.log.3.gz", "server.log"), ("server.log.1", "server.log"), ("server.log", "server.log"),
            ("server.log-20261126.zst", "server.log"), ("server.log.2026-11-26", "server.log"),
            ("server.log-20261126-1795651200", "server.log"), ("server-20261126.log.gz", "server.log"),
            ("server.log.2026-11-26T10:00:00", "server.log"), ("web-1", "web-1"), ("web-1.log", "web-1.log"),
            ("1", "1"), (".gz", ".gz"), ("4.2.log", "4.2.log"), ("", ""),
        ])
    func rotatedNames(name: String, base: String) {
        #expect(RotatedName(name).base == base)
    }
}
