import Foundation
import TestSupport
import Testing

@testable import TraceReport

@Suite("How far reading is", .serialized)
struct InputsProgressTests {
    @Test(
        "the line says the share, the rate and the time that is left",
        arguments: [
            (430_000_000, 1_000_000_000, 2, "43 % [########            ] 430 MB of 1.00 GB, 215 MB/s, 3 s left"),
            (0, 1_000, 2, "0 % [                    ] 0 B of 1.00 kB, 0 B/s"),
            (1_000, 1_000, 1, "100 % [####################] 1.00 kB of 1.00 kB, 1.00 kB/s, 0 s left"),
            (2_000, 1_000, 1, "100 % [####################] 2.00 kB of 2.00 kB, 2.00 kB/s, 0 s left"),
            (1, 1_000, 1, "0 % [                    ] 1 B of 1.00 kB, 1 B/s, 16 min 39 s left"),
            (1, 1 << 62, 1, "0 % [                    ] 1 B of 4.61 EB, 1 B/s, 99 h 59 min left"),
            (5_000, nil, 5, "5.00 kB read, 1.00 kB/s"), (0, 0, 1, "0 B read, 0 B/s"),
            (.max, nil, 0, "18.4 EB read, 1.00 EB/s"),
        ] as [(UInt64, UInt64?, UInt64, String)])
    func line(bytes: UInt64, total: UInt64?, seconds: UInt64, text: String) {
        let line = ProgressLine(bytes: bytes, total: total, elapsedNanoseconds: seconds * 1_000_000_000)
        #expect(line.text(columns: 100) == text)
        #expect(line.text(columns: 12).count <= 11)
    }

    @Test("every byte that is read is counted, of packed logs as they are stored")
    func counted() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("server.log")
        let packed = try InputsPackedTests.Packer.gzip.pack(WrittenLog.pictureService().bytes)
        try Data(packed).write(to: url)
        var analyser = LogAnalyser()
        let progress = ReadProgress()
        analyser.progress = progress
        try analyser.read(.file(url.path))
        // What the log is packed with is looked at first.
        #expect(progress.bytes == UInt64(packed.count + Compression.magicBytes))
    }

    @Test("on a terminal a line appears after a while, and goes")
    func terminal() throws {
        let run = try Self.runOnTerminal([])
        #expect(run.status == 0)
        #expect(run.shown.contains("read, "))
        #expect(run.shown.hasSuffix("\r\u{1b}[K"))
    }

    @Test("with --quiet nothing appears")
    func quiet() throws {
        #expect(try Self.runOnTerminal(["--quiet"]).shown.isEmpty)
    }

    /// Runs trace-report with standard error on a terminal, and its log in a pipe that stays open until something was shown, or
    /// what would show it has had its time.
    private static func runOnTerminal(_ arguments: [String]) throws -> (status: Int32, shown: String) {
        let (main, terminal) = try openTerminal()
        defer { close(main) }
        let process = Process()
        process.executableURL = productsFolder.appendingPathComponent("trace-report")
        process.arguments = ["-"] + arguments
        process.environment = ProgramRun.environment(["TERM": "xterm"])
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = terminal
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(WrittenLog.pictureService().bytes))
        var shown: [UInt8] = []
        var ready = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
        // Where something is to be shown, it is waited for.
        let patience: Int32 = arguments.isEmpty ? 60_000 : 1_500
        if poll(&ready, 1, patience) > 0 { shown += readOnce(main) }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        while poll(&ready, 1, 0) > 0, ready.revents & Int16(POLLIN) != 0 { shown += readOnce(main) }
        try terminal.close()
        return (process.terminationStatus, String(decoding: shown, as: UTF8.self))
    }

    /// Opens a pseudo-terminal (pts(4)): the end that sees what is shown, and the terminal.
    private static func openTerminal() throws -> (main: Int32, terminal: FileHandle) {
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN (asm-generic/ioctls.h), which are no constants that Swift sees.
        try #require(main >= 0 && ioctl(main, 0x4004_5431, &isLocked) == 0 && ioctl(main, 0x8004_5430, &number) == 0)
        return (main, try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/pts/\(number)")))
    }

    private static func readOnce(_ descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}
