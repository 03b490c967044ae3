import Foundation

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A server that runs while this object, and this process, lives.
///
/// A shell watches over it: however this process ends, it ends the server.
package final class ServerProcess: Sendable {
    /// Why a server does not run.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// Whether tests with servers are left out: with `HOOFPRINT_SKIP_SERVERS=1`.
    package static let areSkipped: Bool = {
        guard ProcessInfo.processInfo.environment["HOOFPRINT_SKIP_SERVERS"] == "1" else { return false }
        FileHandle.standardError.write(Data("tests with servers are left out: HOOFPRINT_SKIP_SERVERS=1\n".utf8))
        return true
    }()

    package let pid: pid_t
    private let log: URL
    private let guardian: Process
    private let leash: FileHandle

    /// Starts a program. Blocks until it runs, not until it is ready.
    ///
    /// - Parameters:
    ///   - environment: Added to the tests' own.
    ///   - log: Where its outputs go.
    ///   - folder: A folder to be removed when it has ended, and others that use it have had a second for that.
    package init(
        _ program: String, _ arguments: [String] = [], _ environment: [String: String] = [:], log: URL,
        removing folder: URL? = nil
    ) throws {
        guardian = Process()
        guardian.executableURL = URL(fileURLWithPath: "/bin/sh")
        guardian.arguments = [
            "-c",
            #"""
            log=$1; folder=$2; shift 2
            "$@" >>"$log" 2>&1 </dev/null & echo $!
            read -r line; kill -9 $!; wait
            [ -z "$folder" ] || { sleep 1; rm -rf "$folder"; }
            """#,
            "guardian", log.path, folder?.path ?? "", program,
        ]
        guardian.arguments? += arguments
        guardian.environment = ProgramRun.environment(environment)
        let (input, output) = (Pipe(), Pipe())
        guardian.standardInput = input
        guardian.standardOutput = output
        guardian.standardError = FileHandle.nullDevice
        try Self.withSignals { [guardian] in try guardian.run() }
        leash = input.fileHandleForWriting
        self.log = log
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Failure("cannot start \(program)") }
            line += more
        }
        pid = pid_t(String(decoding: line.dropLast(), as: UTF8.self)) ?? -1
    }

    deinit { end() }

    /// Runs `body` with no signal blocked: a program inherits that, and a shell that never hears of its child's end would
    /// wait for it for ever.
    private static func withSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Ends it at once, as `kill -9` does, and waits for that.
    package func end() {
        guard guardian.isRunning else { return }
        // A leash that is let go ends the server; where it is gone already there is nobody to be told.
        _ = try? leash.close()
        guardian.waitUntilExit()
    }

    /// Whether it still runs.
    package var isRunning: Bool { guardian.isRunning && kill(pid, 0) == 0 }

    /// Waits until something listens at a port of 127.0.0.1.
    package func waitUntilListening(_ port: UInt16) async throws {
        for _ in 0..<1200 {
            if Self.isListening(port) { return }
            guard isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw Failure("nothing listens at port \(port); \(log.path) ends in:\n\(text.suffix(2000))")
    }

    private static func isListening(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A port of 127.0.0.1 that is kept for one server until this process ends: connections to it are refused until that server
    /// listens, and whenever it is away.
    ///
    /// A socket that does not listen stays bound to it, so that the kernel gives it to nobody who asks for any port. Servers that
    /// set `SO_REUSEADDR` may listen at it all the same.
    package static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var (isReused, address) = (Int32(1), loopback(0))
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw Failure("no port is free: error \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }
}
