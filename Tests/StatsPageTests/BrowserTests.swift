import Foundation
import StatsPage
import Testing
import TestSupport

/// The page in headless Chromium, driven by `Browser/check.py`, with a server that answers from memory.
@Suite("The page in a browser", .serialized, .enabled(if: !ServerProcess.areSkipped))
struct BrowserTests {
    private struct Manifest: Encodable {
        struct Asset: Encodable {
            let file: String
            let type: String
            let etag: String
        }

        let assets: [String: Asset]
        let headers: [[String]]
    }

    /// Each is a function of `Browser/scenarios.py`.
    @Test(
        "It does what people want of it",
        arguments: [
            "counts", "custom_interval", "subscriptions", "read_only", "live_alerts", "keyboard", "hostile_names",
            "widths_and_colours", "server_away",
        ])
    func scenario(_ name: String) async throws {
        let folder = try TemporaryFolder()
        try Self.write(to: folder.url)
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let script = tests.appendingPathComponent("Browser/check.py")
        var environment = ["TMPDIR": folder.url.path]
        environment["HOOFPRINT_PICTURES"] = ProcessInfo.processInfo.environment["HOOFPRINT_PICTURES"]
        // Debian's own, for which its python3-selenium is; another one may come first in PATH.
        let run = try await onThread {
            [environment] in
            try ProgramRun.run("/usr/bin/python3", ["-B", script.path, folder.url.path, name], environment)
        }
        #expect(run.status == 0, "\(name): \(run.output)\n\(run.error)")
    }

    private static func write(to folder: URL) throws {
        var assets: [String: Manifest.Asset] = [:]
        for (number, asset) in StatsPage.assets.enumerated() {
            try Data(asset.bytes).write(to: folder.appendingPathComponent("\(number)"))
            assets[asset.path] = Manifest.Asset(file: "\(number)", type: asset.mediaType, etag: asset.etag)
        }
        let manifest = Manifest(assets: assets, headers: StatsPage.headers.map { [$0.name, $0.value] })
        try JSONEncoder().encode(manifest).write(to: folder.appendingPathComponent("manifest.json"))
    }
}
