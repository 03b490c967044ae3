import Foundation
import TestSupport
import Testing

/// Gives `scripts/check-readme --here` texts of which it has to say whether they are true.
@Suite("The check of the README")
struct CheckReadmeTests {
    @Test("runs what a text says, in order, with the files that it shows, and compares what is printed")
    func good() throws {
        let run = try check(
            """
            # A text

            <!-- check: output of cat here.txt -->
            ```
            one
            …
            it is … o'clock
            ```

            <!-- check: file beside/here.txt -->
            ```
            one
            two
            it is three o'clock
            ```

            <!-- check: in beside -->
            ```sh
            cat here.txt
            ```

            <!-- check: in beside; status 3 -->
            ```sh
            exit 3
            ```

            <!-- check: example it takes a year -->
            ```sh
            sleep 1y
            ```

            It is [above](#a-text), and `scripts/demo` is there.
            """)
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains("4 blocks as they say"), "\(run.output)")
    }

    /// What is wrong with a text, and what has to be said of it.
    static let wrong: [(text: String, said: String)] = [
        ("```sh\nfalse\n```", "status 1 in place of 0"),
        ("```sh\nno-such-command --at-all\n```", "status 127 in place of 0"),
        ("<!-- check: status 1 -->\n```sh\ntrue\n```", "status 0 in place of 1"),
        ("```sh\necho one\n```\n\n<!-- check: output -->\n```\ntwo\n```", "prints something else"),
        ("```sh\necho one; echo two\n```\n\n<!-- check: output -->\n```\none\n```", "prints something else"),
        ("<!-- check: output of echo -->\n```\none\n```", "no block was run that it could be the output of"),
        ("```\nneither run nor marked\n```", "neither run nor marked"),
        ("```swift\nlet one = 1\n```", "neither run nor marked"),
        ("<!-- check: exmaple it is late -->\n```sh\ntrue\n```", "'exmaple' is none of"),
        ("<!-- check: example -->\n```sh\ntrue\n```", "'example' needs a word after it"),
        ("<!-- check: server -->\n```sh\necho no server\n```", "the server does not listen"),
        ("```sh\ntrue\n", "the block does not end"),
        ("[gone](Sources/Gone.md)", "leads to no file"),
        ("# Here\n\n[gone](#there)", "has no heading '#there'"),
        ("[gone](CONTRIBUTING.md#there)", "'CONTRIBUTING.md' has no heading '#there'"),
        ("[elsewhere](http://example.org)", "neither https nor a file"),
        ("It is in `scripts/gone`.", "there is no 'scripts/gone'"),
        ("It is `swift run --package-path Benchmarks -c release gone`.", "Benchmarks has no program 'gone'"),
        ("`trace-report --gone`", "no script and no program's help has the option --gone"),
    ]

    @Test("fails where a command, its output, a link, a file, an option or a mark is wrong", arguments: wrong)
    func bad(_ text: String, _ said: String) throws {
        let run = try check(text)
        #expect(run.status == 1)
        #expect(run.error.contains(said), "\(run.error)")
    }

    private func check(_ text: String) throws -> ProgramRun {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("TEXT.md")
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        return try .run(
            Consumer.repository.appendingPathComponent("scripts/check-readme").path, ["--here", file.path],
            in: folder.url)
    }
}
