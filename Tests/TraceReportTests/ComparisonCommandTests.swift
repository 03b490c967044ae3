import Foundation
import SeededRandom
import TestSupport
import Testing
import TraceLog
import TraceReport

/// Comparisons and gates through real logs and the program.
@Suite("trace-report --compare and --fail-if")
struct ComparisonCommandTests {
    private static let program = productsFolder.appendingPathComponent("trace-report").path

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (name, seed, factor) in [("old", 1, 1.0), ("same", 2, 1.0), ("slow", 3, 1.3)] as [(String, UInt64, Double)]
        {
            try Data(Self.log(seed: seed, factor: factor).bytes).write(to: file(name))
        }
    }

    private func file(_ name: String) -> URL { folder.url.appendingPathComponent(name + ".log") }

    private func run(_ arguments: String...) throws -> ProgramRun { try .run(Self.program, arguments) }

    /// 30 flushes of a root and a decoder, whose durations are multiplied by a factor.
    private static func log(seed: UInt64, factor: Double) -> WrittenLog {
        var random = SeededGenerator(seed: seed)
        var log = WrittenLog(session: seed)
        log.writeSession()
        log.writeClock(seconds: 0)
        log.writePath(1, under: 0, "POST /images")
        log.writePath(2, under: 1, "image.decode")
        let program = SimulatedProgram(calls: 150, windowNoise: 0.05, spread: 0.4)
        let functions = [program.windows(30, &random), program.windows(30, factor: factor, &random)]
        var sums = functions.map { _ in (count: UInt64(0), own: UInt64(0), histogram: DurationHistogram()) }
        for flush in 0..<30 {
            log.writeClock(seconds: 10 * UInt64(flush) + 9)
            for (path, windows) in functions.enumerated() {
                sums[path].count += windows[flush].count
                sums[path].own += windows[flush].selfNanoseconds
                for (bucket, occurrences) in windows[flush].durations.buckets {
                    // The clock ticks twice a nanosecond: an octave higher.
                    sums[path].histogram.add(bucket: bucket + 64, occurrences: occurrences)
                }
                let stats = StatsRecord(
                    path: UInt64(path + 1), count: sums[path].count, totalNanoseconds: sums[path].own,
                    selfNanoseconds: sums[path].own, cpuNanoseconds: sums[path].own, maximumNanoseconds: 20_000_000,
                    errors: 0, folded: 0, histogram: sums[path].histogram)
                for record in stats.split() { log.write(record) }
            }
        }
        log.write(.end(EndRecord(reason: "shutdown")))
        return log
    }

    @Test("a slower function is found in logs, and ends the program with 3")
    func slower() throws {
        let (old, slow) = (file("old").path, file("slow").path)
        let run = try run(slow, "--compare", old, "--fail-on-regression", "10%")
        #expect(run.status == 3)
        #expect(run.output.contains("1 function got slower, none got faster."))
        #expect(run.output.contains("SLOWER\n  image.decode"))
        #expect(run.error.contains("trace-report: failed: 'worse by 10% or more' holds: image.decode: p99 "))
        #expect(!run.error.contains("POST /images"))
        // The other way round it got faster, which is no failure.
        let faster = try self.run(old, "--compare", slow, "--fail-on-regression", "10%")
        #expect(faster.status == 0 && faster.error.isEmpty && faster.output.contains("FASTER\n  image.decode"))
    }

    @Test("the same program twice is no regression")
    func same() throws {
        let run = try run(file("same").path, "--compare", file("old").path, "--fail-on-regression", "0%")
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(run.output.contains("Nothing got slower or faster by 5% or more, as far as the logs can tell."))
    }

    @Test("in every format of a comparison", arguments: ["markdown", "json", "html", "flamegraph", "text"])
    func formats(format: String) throws {
        let run = try run(file("slow").path, "--compare", file("old").path, "--format", format)
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(run.output.contains("image.decode"))
        if format == "json" { _ = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) }
    }

    @Test("conditions: 0 where none holds, 3 with the measured value where one does")
    func conditions() throws {
        let log = file("old").path
        let passed = try run(log, "--fail-if", "p99(image.*) > 1s", "--fail-if", "errors(*) > 1%")
        #expect(passed.status == 0 && passed.error.isEmpty)
        let failed = try run(log, "--fail-if", "p99(image.*) > 1ms", "--fail-if", "count(POST /images) < 1000000")
        #expect(failed.status == 3)
        #expect(failed.output == passed.output)
        let lines = failed.error.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("trace-report: failed: 'p99(image.*) > 1ms' holds: image.decode: "))
        #expect(lines[0].hasSuffix(" in 95 of 100 cases)"))
        #expect(lines[1].hasSuffix("holds: POST /images: 4,500"))
    }

    @Test("wrong usage says what, and where")
    func usage() throws {
        let (log, old) = (file("slow").path, file("old").path)
        let wrong: [([String], String)] = [
            (["--fail-if", "p99(image.decode) > 5 parsecs"], "character 23: 'parsecs' is no unit"),
            (["--fail-if", "p99(image.decod) > 5ms"], "no function 'image.decod' is recorded. The nearest names are"),
            (["--fail-on-regression", "10%"], "name the older log with --compare"),
            (["--compare", old, "--fail-on-regression", "ten"], "expected a number of per cent"),
            (["--compare", old, "--format", "pprof"], "--compare has no --format pprof"),
            (["--compare", old, "--tree"], "leave out the other one"),
        ]
        for (arguments, words) in wrong {
            let run = try ProgramRun.run(Self.program, [log] + arguments)
            #expect(run.status == 2 && run.output.isEmpty)
            #expect(run.error.contains(words), "\(run.error)")
        }
        let missing = try run(log, "--compare", "/nonexistent/old.log")
        #expect(missing.status == 66 && missing.error.contains("'/nonexistent/old.log'"))
    }
}
