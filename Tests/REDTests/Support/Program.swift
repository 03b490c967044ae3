import Foundation
import TestSupport
import TraceLog

/// A run of `red`. It is killed with this object, if it has not ended.
final class Program: @unchecked Sendable {
    // Sound: `process` is set up before it is shared, and its calls used here are safe on any thread.
    private let process = Process()
    /// Its outputs are files here: a pipe that busy tests do not read for minutes is full, and a log is written to no full pipe.
    private let folder: TemporaryFolder

    /// What a run left.
    struct Ended {
        let status: Int32
        let output: String
        let errorLines: [String]

        /// The call paths in the log's records, the names from the root on joined by ` > `.
        var paths: Set<String> {
            var names: [UInt64: String] = [:]
            var paths: [UInt64: String] = [:]
            for line in errorLines {
                guard case .record(_, let record) = RecordDecoder.decode(Array(line.utf8)) else { continue }
                if case .callsite(let callsite) = record { names[callsite.id] = callsite.name }
                if case .path(let path) = record {
                    let parent = paths[path.parent].map { "\($0) > " } ?? ""
                    paths[path.id] = parent + (names[path.callsite] ?? "?")
                }
            }
            return Set(paths.values)
        }
    }

    /// Starts `red` without `HOOFPRINT…` variables but the one given.
    ///
    /// - Parameter descriptors: How many files it may have open; nil: as many as these tests.
    init(_ arguments: [String], hoofprint: String? = nil, descriptors: Int? = nil) throws {
        let program = productsFolder.appendingPathComponent("red")
        if let descriptors {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(descriptors); exec \"$0\" \"$@\"", program.path] + arguments
        } else {
            process.executableURL = program
            process.arguments = arguments
        }
        process.environment = ProgramRun.environment(hoofprint.map { ["HOOFPRINT": $0] } ?? [:])
        folder = try TemporaryFolder()
        for name in ["out", "err"] { try Data().write(to: file(name)) }
        process.standardOutput = try FileHandle(forWritingTo: file("out"))
        process.standardError = try FileHandle(forWritingTo: file("err"))
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// How many files it has open.
    var openDescriptors: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
        }
    }

    /// Sends SIGTERM.
    func terminate() {
        process.terminate()
    }

    /// Waits for the first line of standard error that `isWanted`; nil if the program ends without one.
    func firstErrorLine(_ isWanted: @escaping @Sendable (String) -> Bool) async throws -> String? {
        try await onThread { [self] in
            while true {
                let isLast = !process.isRunning
                let lines = try read("err").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                if let line = lines.map(String.init).first(where: isWanted) { return line }
                if isLast { return nil }
                usleep(2000)
            }
        }
    }

    /// Waits until the program has ended.
    func ended() async throws -> Ended {
        await onThread { [self] in process.waitUntilExit() }
        return Ended(
            status: process.terminationReason == .exit ? process.terminationStatus : -1,
            output: try read("out"), errorLines: try read("err").split(separator: "\n").map(String.init))
    }

    private func file(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

    /// What it has written so far.
    private func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
    }
}
