import Foundation
import Synchronization
import TestSupport
import TraceLog

/// A run of `red`. It is killed with this object, if it has not ended.
final class Program: @unchecked Sendable {
    // Sound: `process` is set up before it is shared, and its calls used here are safe on any thread.
    private let process = Process()
    private let output = Pipe()
    private let error = Pipe()
    private let errorBytes = Mutex<[UInt8]>([])

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
        process.standardOutput = output
        process.standardError = error
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

    /// Reads standard error up to the first line that `isWanted`; nil if it ends before.
    func firstErrorLine(_ isWanted: @escaping @Sendable (String) -> Bool) async -> String? {
        await onThread { [self] in
            while true {
                let lines = errorBytes.withLock { bytes in
                    String(decoding: bytes[..<(bytes.lastIndex(of: 10) ?? 0)], as: UTF8.self)
                }
                if let line = lines.split(separator: "\n").map(String.init).first(where: isWanted) { return line }
                let more = error.fileHandleForReading.availableData
                if more.isEmpty { return nil }
                errorBytes.withLock { $0 += more }
            }
        }
    }

    /// Waits until the program has ended and its outputs are read.
    func ended() async -> Ended {
        async let rest = onThread { [self] in error.fileHandleForReading.readDataToEndOfFile() }
        let text = await onThread { [self] in output.fileHandleForReading.readDataToEndOfFile() }
        let bytes = errorBytes.withLock { $0 } + (await rest)
        await onThread { [self] in process.waitUntilExit() }
        return Ended(
            status: process.terminationReason == .exit ? process.terminationStatus : -1,
            output: String(decoding: text, as: UTF8.self),
            errorLines: String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }
}
