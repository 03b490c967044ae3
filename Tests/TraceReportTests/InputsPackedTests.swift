import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import TraceReport

/// Logs packed by the programs that people pack them with.
@Suite("Packed logs")
struct InputsPackedTests {
    enum Packer: String, CaseIterable {
        case gzip, zstd

        func pack(_ bytes: [UInt8]) throws -> [UInt8] {
            let run = try ProgramRun.run(rawValue, ["-c"], input: bytes)
            try #require(run.status == 0, "\(run.error)")
            return run.standardOutput
        }
    }

    private let folder: TemporaryFolder
    /// A log of several blocks, with lines that are no records.
    private let log: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        var writer = WrittenLog()
        RandomTree(seed: 3, size: 30).write(to: &writer, flushes: 4)
        let filler = Array("\(String(repeating: "another line, ", count: 30))\n".utf8)
        log = writer.lines.flatMap { Array(repeatElement(filler, count: 12).joined()) + $0 }
    }

    private func file(_ bytes: [UInt8], _ name: String) throws -> LogInput {
        let url = folder.url.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        return .file(url.path)
    }

    private func read(_ bytes: [UInt8]) throws -> Report { try read([file(bytes, "server.log")]) }

    private func read(_ inputs: [LogInput], parts: Int = 2) throws -> Report {
        var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: parts))
        try analyser.read(inputs)
        return analyser.report()
    }

    @Test("a packed log gives the report of the log itself, whatever its name", arguments: Packer.allCases)
    func same(packer: Packer) throws {
        #expect(log.count > 4 * LineBlocks.readBytes)
        #expect(try read(packer.pack(log)) == read(log))
    }

    @Test("standard input may be packed, too", arguments: Packer.allCases)
    func standardInput(packer: Packer) throws {
        let program = productsFolder.appendingPathComponent("trace-report").path
        let plain = try ProgramRun.run(program, ["-", "--format", "json"], input: log)
        let packed = try ProgramRun.run(program, ["-", "--format", "json"], input: try packer.pack(log))
        #expect(plain.status == 0 && packed.status == 0)
        #expect(packed.output == plain.output)
    }

    @Test("several members or frames are one log", arguments: Packer.allCases)
    func members(packer: Packer) throws {
        let pieces = [log[..<1_000], log[1_000..<900_000], [], log[900_000...]]
        let packed = try pieces.flatMap { try packer.pack(Array($0)) }
        #expect(try read(packed) == read(log))
    }

    @Test("skippable frames of zstd are passed over, also before everything else")
    func skippable() throws {
        let skippable: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let packed = try Packer.zstd.pack(log)
        #expect(try read(skippable + packed + skippable) == read(log))
    }

    @Test("other bytes behind a packed log are said; zeros are not", arguments: Packer.allCases)
    func trailing(packer: Packer) throws {
        let packed = try packer.pack(log)
        let trailed = try read(packed + Array("garbage".utf8))
        #expect(trailed.inputs[0].trailed == 1 && trailed.inputs[0].cut == 0)
        #expect(try trailed.functions == read(log).functions)
        #expect(TextRenderer(width: 200).render(trailed).contains("1 packed log with other bytes behind"))
        // More than is read at once.
        let zeros = [UInt8](repeating: 0, count: 600_000)
        #expect(try read(packed + zeros) == read(log))
        for other in [zeros + [1], [0, 0, 1] + zeros, [31] + zeros, [40] + zeros] {
            #expect(try read(packed + other).inputs[0].trailed == 1, "\(other.prefix(3))")
        }
    }

    @Test("of a packed log that is cut short, what is there counts, and it is said", arguments: Packer.allCases)
    func cut(packer: Packer) throws {
        let packed = try packer.pack(log)
        let whole = try read(log)
        for length in [5, 11, 30, packed.count / 2, packed.count - 9, packed.count - 1] {
            let report = try read(Array(packed[..<length]))
            #expect(report.inputs[0].cut == 1, "\(length) bytes")
            #expect(report.inputs[0].records <= whole.inputs[0].records)
        }
        let almost = try read(packed.dropLast())
        #expect(TextRenderer(width: 200).render(almost).contains("1 packed log cut short or damaged"))
        #expect(almost.inputs[0].bytes > 0)
    }

    @Test("damage is found, wherever it is", arguments: Packer.allCases, [UInt64](0..<20))
    func damaged(packer: Packer, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var packed = try packer.pack(log)
        let place = Int.random(in: 20..<packed.count, using: &random)
        packed[place] ^= UInt8.random(in: 1...255, using: &random)
        let report = try read(packed)
        // A byte may stand for nothing, or the rest be taken for other bytes: then all records are there.
        guard report.inputs[0].cut == 0 else { return }
        #expect(try report.functions == read(log).functions, "seed \(seed), byte \(place)")
    }

    @Test("half a gigabyte packed in a few bytes takes no more memory than any log", arguments: Packer.allCases)
    func bomb(packer: Packer) throws {
        let bomb = folder.url.appendingPathComponent("bomb").path
        let made = try ProgramRun.run("sh", ["-c", "head -c 512M /dev/zero | \(packer.rawValue) -c > '\(bomb)'"])
        try #require(made.status == 0, "\(made.error)")
        let measure = """
            import resource, subprocess, sys
            status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
            print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
            """
        let program = productsFolder.appendingPathComponent("trace-report").path
        let run = try ProgramRun.run("python3", ["-c", measure, program, bomb])
        let words = run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(words.count == 2, "\(run.output)\(run.error)")
        #expect(words[0] == 1, "there is no record in it")
        #expect(words[1] < 128, "MiB")
    }

    @Test("a window that takes too much memory is refused, with the command that unpacks it")
    func window() throws {
        let name = folder.url.appendingPathComponent("a log.zst").path
        let program = productsFolder.appendingPathComponent("trace-report").path
        for window in [28, 31] {
            let packed = try ProgramRun.run("zstd", ["--long=\(window)", "-c"], input: log).standardOutput
            try Data(packed).write(to: URL(fileURLWithPath: name))
            let run = try ProgramRun.run(program, [name])
            #expect(run.status == 66 && run.output.isEmpty)
            let mend = "zstd -dc --long=\(window) '\(name)' | trace-report -"
            #expect(
                run.error.contains(
                    "cannot read log '\(name)': zstd packed it with a window of \(1 << (window - 20)) MiB, and 128 MiB are"
                ))
            #expect(run.error.hasSuffix("unpack it first: \(mend)\n"))
            let mended = try ProgramRun.run(
                "bash", ["-c", mend.replacingOccurrences(of: "trace-report", with: program)])
            #expect(mended.status == 0 && mended.output.contains("FIX FIRST"))
            let piped = try ProgramRun.run(program, ["-"], input: packed)
            #expect(piped.error.contains("unpack it first: zstd -dc --long=\(window) | trace-report -"))
        }
    }

    @Test(
        "the window is read out of a frame's header",
        arguments: [
            ([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88], 1 << 27),
            ([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x8f], (1 << 27) * 15 / 8),
            ([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x07], 7), ([0x28, 0xb5, 0x2f, 0xfd, 0x61, 9, 0x00, 0x01], 512),
            ([0x28, 0xb5, 0x2f, 0xfd, 0xa2, 9, 9, 1, 0, 0, 1], 1 << 24 | 1),
            ([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 9, 9], nil),
            ([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0], 1 << 32), ([0x28, 0xb5, 0x2f, 0xfd, 0x20], nil),
        ] as [([UInt8], UInt64?)])
    func frameHeader(bytes: [UInt8], window: UInt64?) {
        #expect(ZstdFrameHeader.window(of: bytes) == window)
    }

    @Test("files of a set that are read at once give the report of one after another", arguments: [2, 3, 5])
    func together(processors: Int) throws {
        let lines = log.split(separator: 0x0a, omittingEmptySubsequences: false)
        let quarter = lines.count / 4
        let inputs = try (0..<4).map { part in
            let from = part * quarter
            let to = part == 3 ? lines.count : from + quarter
            let bytes = Array(lines[from..<to].joined(separator: [0x0a])) + (part == 3 ? [] : [0x0a])
            return part == 3
                ? try file(bytes, "server.log")
                : try file(Packer.allCases[part % 2].pack(bytes), "server.log.\(3 - part)")
        }
        let inOrder = try read(inputs, parts: 1)
        #expect(inOrder.records > 100)
        #expect(try read(inputs, parts: processors) == inOrder)
        // One of them twice, under two names.
        let twice = try read(inputs + [file(Packer.gzip.pack(log), "all.gz")], parts: processors)
        #expect(twice.functions == inOrder.functions)
        // It is read first, by its name.
        #expect(twice.inputs.map(\.records) == [inOrder.records, 0, 0, 0, 0])
        #expect(twice.inputs.reduce(0) { $0 + $1.duplicates } == inOrder.records)
    }

    @Test("a file that cannot be read among them is said, and the others count")
    func unreadable() throws {
        var analyser = LogAnalyser(parts: LogAnalyser.Parts(count: 2))
        let missing = folder.url.appendingPathComponent("b").path
        let inputs = [LogInput.file(missing), try file(Packer.zstd.pack(log), "a")]
        let error = #expect(throws: LogReadError.self) { try analyser.read(inputs) }
        #expect(error?.name == missing)
        #expect(try analyser.report().functions == read(log).functions)
    }
}
