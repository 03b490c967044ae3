import Testing

@testable import TraceReport

/// Conditions under which a report is not good enough.
@Suite("Gates")
struct GateTests {
    private func report() throws -> Report {
        var report = try Report.pictureViews()
        report.inputs[0].lost = 3
        return report
    }

    @Test(
        "a condition that holds fails, with what was measured",
        arguments: [
            ("p99(image.decode) > 1ms", true), ("p99(image.decode)>1h", false), ("max(*) >= 1 ns", true),
            ("errors(image.store) > 1%", true), ("errors(image.store)>50 %", false), ("errors(image.store) >= 6", true),
            ("count(image.decode) < 1", false), ("count(image.decode) <= 300", true), ("self(image.*) > 30%", true),
            ("total(POST /images) > 0.1m", false), ("total(POST /images) > 5.9s", true), ("lost > 2", true),
            ("lost > 99%", false), ("lost>0.1%", true), ("wait(image.store) > 90%", true),
            ("cpu(image.decode) < 1 µs", false), ("p50(image.decode(_:)) > 1us", true), ("p95(cache*) > 0.5h", false),
        ])
    func conditions(text: String, fails: Bool) throws {
        let gate = try Gate(text)
        let failures = try gate.failures(in: try report())
        #expect(failures.isEmpty != fails)
        for failure in failures {
            #expect(failure.message.hasPrefix("'\(text)' holds: "))
            #expect(failure.message.contains { $0.isNumber })
        }
    }

    @Test("the value comes with its interval")
    func interval() throws {
        var report = try report()
        let decode = try #require(report.functions.firstIndex { $0.name == "image.decode" })
        report.functions[decode].p99Nanoseconds = 52_000_000
        report.functions[decode].p99Interval = 49_000_000...55_000_000
        let p99 = try Gate("p99(image.decode) > 50ms").failures(in: report)
        #expect(
            p99.map(\.message) == [
                "'p99(image.decode) > 50ms' holds: image.decode: 52.0ms (49.0ms to 55.0ms in 95 of 100 cases)"
            ])
        report.functions[decode].p99Nanoseconds = nil
        report.functions[decode].p99Interval = nil
        // What is not known has not passed.
        #expect(try Gate("p99(image.decode) > 50ms").failures(in: report).count == 1)
        let errors = try Gate("errors(image.store) > 1%").failures(in: report)
        #expect(errors.first?.measured.contains(" in 95 of 100 cases)") == true)
    }

    @Test("a name that is nobody's is an error and no pass")
    func unknown() throws {
        let gate = try Gate("count(image.decod) < 1")
        #expect(throws: UnknownFunction(text: "image.decod", nearest: ["image.decode", "image.decode(_:)"])) {
            try gate.failures(in: try report())
        }
    }

    @Test(
        "an error names the place",
        arguments: [
            ("", 1, "is no number"), ("p98(x) > 1ms", 1, "'p98' is no number"), ("p99 > 1ms", 5, "expected '('"),
            ("p99(x > 1ms", 12, "expected ')'"), ("p99() > 1ms", 5, "name of a function"),
            ("p99(x) = 1ms", 8, "expected '>'"), ("p99(x) > ms", 10, "expected a number"),
            ("p99(x) > 1.2.3ms", 10, "expected a number"), ("p99(x) > 5 parsecs", 12, "'parsecs' is no unit"),
            ("p99(x) > 5", 11, "a duration"), ("count(x) > 5%", 13, "without a unit"),
            ("p99(x) > 5%", 11, "a duration"),
            ("lost > 5ms", 9, "or a share"), ("p99(x) > 5ms now", 14, "nothing more"),
            ("p99(a)) > 1ms)", 15, "expected '>'"), ("p99(x) > -1ms", 10, "expected a number"),
        ])
    func syntax(text: String, character: Int, reason: String) throws {
        do {
            _ = try Gate(text)
            Issue.record("'\(text)' was read")
        } catch {
            #expect(error.character == character)
            #expect(error.reason.contains(reason))
            #expect(error.message.hasPrefix("'\(text)', character \(character): "))
        }
    }

    @Test("a share of worse is read as per cent", arguments: [("10%", 0.1), ("2.5%", 0.025), ("0%", 0)])
    func share(text: String, share: Double) { #expect(RegressionGate(text)?.share == share) }

    @Test("anything else is not", arguments: ["10", "%", "", "nan%", "-1%", "inf%", "ten%"])
    func noShare(text: String) { #expect(RegressionGate(text) == nil) }
}
