import Foundation
import TestSupport
import Testing
import TraceReport

/// The page in headless Chromium, driven by `Browser/page_check.py`. With `HOOFPRINT_PICTURES=FOLDER` in the
/// environment, pictures of it are kept in that folder; `scripts/readme-figures` makes the documentation's from a real log.
@Suite("The page of a report in a browser", .serialized, .enabled(if: !ServerProcess.areSkipped))
struct PageBrowserTests {
    /// Each is a function of `Browser/page_scenarios.py`.
    @Test(
        "It does what people want of it",
        arguments: [
            "sorting", "search", "flame_graph_by_mouse", "flame_graph_by_keyboard", "heat_map", "requests", "compare",
            "large", "hostile", "without_script", "roles", "looks", "documentation",
        ])
    func scenario(_ name: String) async throws {
        let folder = try TemporaryFolder()
        for (file, page) in Self.pages() { try Data(page.utf8).write(to: folder.url.appendingPathComponent(file)) }
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let script = tests.appendingPathComponent("Browser/page_check.py")
        var environment = ["TMPDIR": folder.url.path]
        environment["HOOFPRINT_PICTURES"] = ProcessInfo.processInfo.environment["HOOFPRINT_PICTURES"]
        // How the browser is started and watched is the same for red-stats' page.
        environment["PYTHONPATH"] =
            tests.deletingLastPathComponent().appendingPathComponent("StatsPageTests/Browser").path
        // Debian's own, for which its python3-selenium is; another one may come first in PATH.
        let run = try await onThread {
            [environment] in
            try ProgramRun.run("/usr/bin/python3", ["-B", script.path, folder.url.path, name], environment)
        }
        #expect(run.status == 0, "\(name): \(run.output)\n\(run.error)")
    }

    private static func pages() -> [String: String] {
        let report = PageService.report()
        return [
            "report.html": HTMLRenderer().render(report),
            "compared.html": HTMLRenderer(comparedWith: PageReports.older()).render(report),
            "large.html": HTMLRenderer().render(PageReports.large(paths: 2_000, functions: 200)),
            "hostile.html": HTMLRenderer(comparedWith: PageReports.hostile("a" + hostileText))
                .render(PageReports.hostile(hostileText)),
        ]
    }

    private static let hostileText =
        "</script><img src=x onerror=document.title=1><svg onload=document.title=1>"
        + "\u{1b}]0;t\u{7}\u{202e}\u{2028}${`=cmd()|'\"&lt;b&gt;"
}
