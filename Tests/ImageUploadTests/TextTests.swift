import Testing

@testable import ImageUpload

@Suite("What is read and printed")
struct TextTests {
    @Test(
        "a URL is a server and a path",
        arguments: [
            ("http://h", "h", 80, "/images", "h"), ("http://h/", "h", 80, "/images", "h"),
            ("HTTP://h:8080/a/b?c=d", "h", 8080, "/a/b?c=d", "h:8080"),
            ("http://[::1]:80", "::1", 80, "/images", "[::1]"),
            ("http://h:?x", "h", 80, "/images?x", "h"), ("https://h", "h", 443, "/images", "h"),
            ("https://h:80", "h", 80, "/images", "h:80"),
        ])
    func urlIsRead(_ url: String, _ host: String, _ port: Int, _ path: String, _ authority: String) throws {
        let target = try UploadTarget(url: url)
        #expect(target.host == host)
        #expect(target.port == port)
        #expect(target.path == path)
        #expect(target.authority == authority)
    }

    @Test(
        "what is no http URL is refused, with the mend",
        arguments: [
            ("ftp://h", "only http and https are supported; give http://HOST[:PORT][/PATH]"),
            ("h:80", "not a URL; give http://HOST[:PORT][/PATH]"),
            ("http://", "not a host and a port from 1 to 65535; give http://HOST[:PORT][/PATH]"),
            ("http://h:0", "not a host and a port from 1 to 65535; give http://HOST[:PORT][/PATH]"),
            ("http://h:65536", "not a host and a port from 1 to 65535; give http://HOST[:PORT][/PATH]"),
            ("http://[::1", "not a host and a port from 1 to 65535; give http://HOST[:PORT][/PATH]"),
            ("http://u@h", "a user in the URL is not supported; leave it out"),
            ("http://h/#x", "a fragment (#) is not sent to a server; leave it out"),
            ("http://h/a b", "a URL has visible ASCII characters only; percent-encode the others"),
        ])
    func badURLIsRefused(_ url: String, _ problem: String) {
        #expect(throws: UploadTarget.Invalid(description: "'\(url)': \(problem)")) { try UploadTarget(url: url) }
    }

    @Test("a URL cannot carry a header")
    func urlCarriesNoHeader() {
        #expect(
            throws: UploadTarget.Invalid(
                description: #"'http://h/\r\nX: 1': a URL has visible ASCII characters only; percent-encode the others"#
            )
        ) { try UploadTarget(url: "http://h/\r\nX: 1") }
    }

    private static func line(counted: Bool, failed: Int = 0) -> ProgressLine {
        var line = ProgressLine()
        line.files = 1234
        line.bytes = 500 * 1024 * 1024
        line.failed = failed
        line.seconds = 100
        if counted { line.total = (files: 2900, bytes: 2000 * 1024 * 1024) }
        return line
    }

    @Test(
        "the progress line fits the terminal",
        arguments: [
            (80, true, 0, "[#####---------------]  25 %  1,234/2,900 files  500.0 MiB  5.0 MiB/s  ETA 5:00"),
            (
                100, true, 0,
                "[########------------------------]  25 %  1,234/2,900 files  500.0 MiB  5.0 MiB/s  ETA 5:00"
            ),
            (80, false, 0, "1,234 files  500.0 MiB  5.0 MiB/s"),
            (80, true, 7, "[##--------]  25 %  1,234/2,900 files  7 failed  500.0 MiB  5.0 MiB/s  ETA 5:00"),
            (40, true, 0, "1,234/2,900 files  500.0 MiB  5.0 MiB/s"),
            (20, true, 0, "1,234/2,900 files"),
            (5, true, 0, ""),
        ])
    func progressLineFits(_ columns: Int, _ counted: Bool, _ failed: Int, _ expected: String) {
        let text = Self.line(counted: counted, failed: failed).text(columns: columns, isColoured: false)
        #expect(text == expected)
        #expect(text.count < max(1, columns))
    }

    @Test("colours take no room")
    func coloursTakeNoRoom() {
        let line = Self.line(counted: true)
        let coloured = line.text(columns: 80, isColoured: true)
        let plain = coloured.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "")
        #expect(plain == line.text(columns: 80, isColoured: false))
        #expect(plain != coloured)
    }

    @Test("what a server wrote is cut after so many characters, and escaped")
    func serverTextIsCut() {
        #expect(PrintableText.line("12345", limit: 5) == "12345")
        #expect(PrintableText.line("1\n3456", limit: 5) == "1\\n345…")
    }

    @Test("a file name within quotes ends neither the quotes nor the line")
    func fileNameStaysInQuotes() {
        let name: [UInt8] = Array("a\"b\r\nc\\d\u{7F}ż".utf8) + [0xFF, 0xC3]
        #expect(RequestBody.quotable(name) == "a%22b%0D%0Ac%5Cd%7Fż%FF%C3")
    }
}
