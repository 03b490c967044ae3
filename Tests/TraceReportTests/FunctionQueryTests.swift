import Testing

@testable import TraceReport

@Suite("What a function is called")
struct FunctionQueryTests {
    private static let report: Report = {
        var report = Report(sortKey: .count)
        let names = [
            ("image.decode", "decode(_:)", 30), ("image.store", "insert(_:)", 20), ("decode", "other(_:)", 5),
            ("image.*", "star()", 1),
        ]
        report.functions = names.map { name, function, own in
            var summary = FunctionSummary(name: name, function: function, file: "F.swift", line: 1)
            summary.selfNanoseconds = UInt64(own)
            return summary
        }
        return report
    }()

    @Test(
        "a whole name comes before a function, that before a function without its parameters, that before a pattern",
        arguments: [
            ("image.decode", ["image.decode"]), ("decode(_:)", ["image.decode"]), ("insert", ["image.store"]),
            ("decode", ["decode"]), ("image.*", ["image.*"]), ("image.?*", ["image.decode", "image.store", "image.*"]),
            ("*e", ["image.decode", "image.store", "decode"]),
        ])
    func found(text: String, names: [String]) throws {
        #expect(try FunctionQuery(text).places(in: Self.report).map(\.name) == names)
    }

    @Test(
        "what is not there is told, with the nearest names",
        arguments: [("image.decod", "image.decode"), ("IMAGE.STORE", "image.store"), ("insrt(_:)", "insert(_:)")])
    func unknown(text: String, nearest: String) {
        let error = #expect(throws: UnknownFunction.self) { try FunctionQuery(text).places(in: Self.report) }
        #expect(error?.nearest.first == nearest)
    }

    @Test(
        "a name is one word for a shell, and never one that a terminal obeys",
        arguments: [
            ("image.decode", "--explain image.decode"), ("POST /images", "--explain 'POST /images'"),
            ("it's", "--explain 'it'\\''s'"), ("$(reboot)", "--explain '$(reboot)'"), ("-x", "--explain=-x"),
            ("a\nb", nil), ("\u{1b}]0;x\u{7}", nil), ("\u{202e}", nil), ("", nil), ("日本", "--explain '日本'"),
        ])
    func shellWords(name: String, option: String?) {
        #expect(ShellWord.option("--explain", name) == option)
    }
}
