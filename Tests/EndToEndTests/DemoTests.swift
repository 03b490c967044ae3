import Foundation
import HTTPTestSupport
import TestSupport
import Testing

/// What `scripts/demo` does, with the executables of this build: red, red-stats, upload-images and trace-report as a user runs them.
@Suite("From an instrumented server to a ranking")
struct DemoTests {
    private static let photographs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/photos")

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("store"), withIntermediateDirectories: false)
    }

    @Test(
        "image decoding and red counting stand in the ranking, both servers do, and self times add up to the roots' total",
        .timeLimit(.minutes(5)))
    func ranking() async throws {
        let queue = "embedded:\(folder.url.appendingPathComponent("events.sqlite").path)"
        let server = try startServer(["--broker", queue])
        let stats = try RunningServer(
            productsFolder.appendingPathComponent("red-stats"),
            [
                "serve", "--port", "0", "--broker", queue, "--store",
                "sqlite:\(folder.url.appendingPathComponent("stats.sqlite").path)",
            ])
        let upload = try ProgramRun.run(
            productsFolder.appendingPathComponent("upload-images").path, [Self.photographs.path, "--to", server.url])
        #expect(upload.status == 0, "\(upload.error)")
        let photographs = try FileManager.default.contentsOfDirectory(atPath: Self.photographs.path)
            .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }
        let asked = Exchange(port: try #require(URL(string: stats.url)?.port))
        let query = "/v1/stats?from=2000-01-01&to=2100-01-01&above=100000"
        var counts = try #require(try await asked.request("GET", query)).json
        while counts["images"] as? Int != photographs.count {
            try await Task.sleep(for: .milliseconds(10))
            counts = try #require(try await asked.request("GET", query)).json
        }
        #expect(counts["imagesAbove"] as? Int == 3)
        let ended = server.stop()
        #expect(ended.status == 0)
        let statsEnded = stats.stop()
        #expect(statsEnded.status == 0)

        let report = try report(on: ended.log)
        let requests = try #require(report.functions.first { $0.name == "POST /images" })
        #expect(requests.count == photographs.count)
        for name in ["image.decode", "image.red.count"] {
            let function = try #require(report.functions.first { $0.name == name })
            #expect(function.count >= photographs.count)
            #expect(function.selfNanoseconds > 0)
            #expect(function.totalNanoseconds < requests.totalNanoseconds)
        }
        // What requests wait for together is committed outside of them, and events are published behind them.
        let commits = try #require(report.functions.first { $0.name == "records.commit" })
        let publishing = try #require(report.functions.first { $0.name == "events.publish" })
        let rootTime = requests.totalNanoseconds + commits.totalNanoseconds + publishing.totalNanoseconds
        let ownTime = Double(report.functions.reduce(0) { $0 + $1.selfNanoseconds })
        #expect(abs(ownTime / Double(rootTime) - 1) < 0.01)
        #expect(report.lostAndDamaged == 0)
        let shown = try Self.functionsInReadme()
        #expect(shown.count == 10)
        let both = try self.report(on: ended.log, statsEnded.log)
        #expect(both.inputs.count == 2)
        #expect(shown.subtracting(both.functions.map(\.name)) == [])
        #expect(both.functions.contains { $0.name == "events.store" })
    }

    /// The names in the ranking that the README shows.
    private static func functionsInReadme() throws -> Set<String> {
        let readme = try String(
            contentsOf: photographs.appendingPathComponent("../../../README.md").standardized, encoding: .utf8)
        let table = readme.components(separatedBy: " #  function ").dropFirst().joined().prefix { $0 != "`" }
        let rows = table.split(separator: "\n").filter { Int($0.prefix(2).trimmingCharacters(in: .whitespaces)) != nil }
        // A name ends at two spaces or more: `POST /images` holds one.
        return Set(rows.compactMap { $0.dropFirst(4).components(separatedBy: "  ").first })
    }

    @Test("bad pictures are refused by name, nothing of them is kept, memory stays bounded, the rest goes through")
    func badPictures() throws {
        let pictures = folder.url.appendingPathComponent("pictures")
        try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
        let photograph = try #require(
            try FileManager.default.contentsOfDirectory(at: Self.photographs, includingPropertiesForKeys: nil)
                .first { $0.pathExtension == "jpg" })
        let jpeg = try Data(contentsOf: photograph)
        let bad: [String: Data] = [
            "truncated.jpg": jpeg.prefix(jpeg.count / 2),
            "text.png": Data("no picture".utf8),
            "empty.png": Data(),
            "large.jpg": jpeg + Data(repeating: 0, count: 3 << 20),
            "bomb.png": Self.pngBomb(side: 30_000),
        ]
        for (name, bytes) in bad { try bytes.write(to: pictures.appendingPathComponent(name)) }
        try jpeg.write(to: pictures.appendingPathComponent("good.jpg"))

        let server = try startServer(["--max-bytes", "\(2 << 20)"])
        let upload = try ProgramRun.run(
            productsFolder.appendingPathComponent("upload-images").path, [pictures.path, "--to", server.url])
        let peak = try server.peakResidentBytes()
        let ended = server.stop()

        #expect(upload.status == 1)
        for (name, status) in [
            "truncated.jpg": "422", "text.png": "415", "empty.png": "400", "large.jpg": "413", "bomb.png": "422",
        ] {
            let line = upload.error.split(separator: "\n").first { $0.contains(name) } ?? ""
            #expect(line.contains(" \(status) "), "\(name): \(line)")
        }
        #expect(ended.status == 0)
        // A debug build of the server alone takes some 60 MB; the bomb would take 2.7 GB.
        #expect(peak < 200 << 20)
        let kept = try FileManager.default.subpathsOfDirectory(atPath: folder.url.appendingPathComponent("store").path)
        #expect(kept.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }.count == 1, "\(kept)")
        #expect(!kept.contains { $0.hasPrefix("incoming/") }, "\(kept)")
    }

    private func startServer(_ options: [String] = []) throws -> RunningServer {
        let store = folder.url.appendingPathComponent("store").path
        return try RunningServer(
            productsFolder.appendingPathComponent("red"), ["serve", "--port", "0", "--store", store] + options)
    }

    private func report(on logs: String...) throws -> Report {
        let files = try logs.enumerated().map { index, log in
            let file = folder.url.appendingPathComponent("server-\(index).log")
            try log.write(to: file, atomically: true, encoding: .utf8)
            return file.path
        }
        let run = try ProgramRun.run(
            productsFolder.appendingPathComponent("trace-report").path, files + ["--format", "json"])
        try #require(run.status == 0, "\(run.error)")
        return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    }

    /// What these tests read of a report.
    private struct Report: Decodable {
        struct Input: Decodable {
            let lost: Int
            let torn: Int
            let forged: Int
        }
        struct Function: Decodable {
            let name: String
            let count: Int
            let totalNanoseconds: Int
            let selfNanoseconds: Int

            enum CodingKeys: String, CodingKey {
                case name, count
                case totalNanoseconds = "total_ns"
                case selfNanoseconds = "self_ns"
            }
        }
        let inputs: [Input]
        let functions: [Function]

        var lostAndDamaged: Int { inputs.reduce(0) { $0 + $1.lost + $1.torn + $1.forged } }
    }

    /// The head of a PNG of `side` x `side` RGB pixels, with a little data: its header alone asks for the memory.
    private static func pngBomb(side: UInt32) -> Data {
        func chunk(_ type: String, _ content: Data) -> Data {
            let body = Data(type.utf8) + content
            return bigEndian(UInt32(content.count)) + body + bigEndian(crc32(body))
        }
        let header = bigEndian(side) + bigEndian(side) + Data([8, 2, 0, 0, 0])
        return Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) + chunk("IHDR", header)
            + chunk("IDAT", Data(repeating: 0, count: 2000)) + chunk("IEND", Data())
    }

    private static func bigEndian(_ value: UInt32) -> Data {
        withUnsafeBytes(of: value.bigEndian) { Data($0) }
    }

    private static func crc32(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(UInt32.max) { state, byte in
            (0..<8).reduce(state ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }
}
