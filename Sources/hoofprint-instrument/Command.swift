import Foundation

/// A program that is run to its end.
struct Command {
    let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    private func process() -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        // A package manager that runs this as a plug-in means itself by them.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SWIFTPM_") }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs it with its outputs on this process's standard error, line by line, with other paths in the place of some. Throws
    /// ``Failure`` unless it ends with 0.
    func run(replacing paths: [(path: String, other: String)]) throws {
        let process = process()
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        var rest = Data()
        func write(_ lines: Data) throws {
            let text = paths.reduce(String(decoding: lines, as: UTF8.self)) {
                $0.replacingOccurrences(of: $1.path, with: $1.other)
            }
            try FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
        while case let read = pipe.fileHandleForReading.availableData, !read.isEmpty {
            rest += read
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            try write(rest[...end])
            rest = Data(rest[(end + 1)...])
        }
        try write(rest)
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure("'\(arguments.joined(separator: " "))' ended with status \(process.terminationStatus)")
        }
    }

    /// Runs it and answers with what it wrote to standard output; `statuses` are those with which it may end.
    func output(statuses: Set<Int32> = [0]) throws -> Data {
        let process = process()
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, statuses.contains(process.terminationStatus) else {
            throw Failure("'\(arguments.joined(separator: " "))' ended with status \(process.terminationStatus)")
        }
        return output
    }
}

extension CompilerVersion {
    /// Asks the compiler that builds packages. Throws ``Failure``.
    static func installed() throws -> CompilerVersion {
        let text = String(decoding: try Command(["swiftc", "-print-target-info"]).output(), as: UTF8.self)
        guard let found = text.firstMatch(of: /Swift version ([0-9]+(?:\.[0-9]+)*)/),
            let version = CompilerVersion(found.output.1)
        else { throw Failure("'swiftc -print-target-info' names no version; use a toolchain from swift.org") }
        return version
    }
}
