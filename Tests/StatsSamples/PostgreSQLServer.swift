import CPostgreSQL
import Foundation
import Synchronization
import TestSupport

/// A PostgreSQL 15 of one's own, on a free port of the loopback address, with its data in a temporary folder.
package final class PostgreSQLServer: Sendable {
    /// The port it listens on.
    package let port: Int
    private let folder: String
    private let process = Mutex<Process?>(nil)
    private let databases = Atomic(0)

    private static let programs = "/usr/lib/postgresql/15/bin"

    /// Whether tests are to do without servers.
    package static var isSkipped: Bool { ProcessInfo.processInfo.environment["HOOFPRINT_SKIP_SERVERS"] == "1" }

    /// One for all tests of a process; it is stopped when the process ends.
    package static let shared: Result<PostgreSQLServer, any Error> = Result {
        let server = try PostgreSQLServer()
        atexit {
            if case .success(let server) = PostgreSQLServer.shared { server.remove() }
        }
        return server
    }

    /// Creates a cluster of databases and starts its server.
    ///
    /// - Parameter settings: `NAME=VALUE`.
    package init(settings: [String] = []) throws {
        guard access("\(Self.programs)/postgres", X_OK) == 0 else {
            throw ServerTrouble("postgresql-15 is not installed; run scripts/setup")
        }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("postgresql-\(UUID().uuidString)").path
        port = Int(try ServerProcess.freePort())
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            // The server refuses to run as root.
            guard let user = getpwnam("postgres") else { throw ServerTrouble("there is no user 'postgres'") }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let create = try run(
            "initdb",
            ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        create.waitUntilExit()
        guard create.terminationStatus == 0 else { throw ServerTrouble("initdb failed") }
        let text = settings.map { "\($0)\n" }.joined()
        let file = FileHandle(forWritingAtPath: "\(folder)/data/postgresql.conf")
        file?.seekToEndOfFile()
        file?.write(Data(text.utf8))
        try file?.close()
        try start()
    }

    deinit { remove() }

    /// Starts the server, and waits until it takes connections.
    package func start() throws {
        let started = try run(
            "postgres",
            [
                "-D", "\(folder)/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=\(folder)",
            ])
        process.withLock { $0 = started }
        while PQping(url("postgres")) != PQPING_OK {
            guard started.isRunning else { throw ServerTrouble("postgres ended: see \(folder)/log") }
            usleep(20_000)
        }
    }

    /// Ends the server's first process as the system would for want of memory; the others follow it.
    package func kill() {
        end(SIGKILL)
        // They have let go of the shared memory when the lock on it can be taken again.
        while !((try? String(contentsOfFile: "/proc/net/unix", encoding: .utf8))?.contains(folder) == false) {
            usleep(5_000)
        }
    }

    /// Stops the server, and removes its folder.
    package func remove() {
        end(SIGQUIT)
        // What cannot be removed is left to the system's own cleaning of its folder for temporary files.
        _ = try? FileManager.default.removeItem(atPath: folder)
    }

    /// The URL of a database.
    package func url(_ database: String) -> String { "postgres://postgres@127.0.0.1:\(port)/\(database)" }

    /// Creates an empty database; gives its URL.
    package func database() throws -> String {
        let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
        try execute("CREATE DATABASE \(name)", in: "postgres")
        return url(name)
    }

    /// Runs a statement.
    package func execute(_ sql: String, in database: String) throws { try Self.execute(sql, url: url(database)) }

    /// Runs a statement in the database of a URL.
    package static func execute(_ sql: String, url: String) throws {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw ServerTrouble(PQerrorMessage(connection).map { String(cString: $0) } ?? "out of memory")
        }
    }

    private func end(_ signal: Int32) {
        process.withLock { process in
            guard let running = process else { return }
            Foundation.kill(running.processIdentifier, signal)
            running.waitUntilExit()
            process = nil
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        var command = ["\(Self.programs)/\(program)"] + arguments
        if getuid() == 0 {
            command = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command
        }
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try Data().write(to: URL(fileURLWithPath: "\(folder)/log"))
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/log"))
        process.standardOutput = log
        process.standardError = log
        try process.run()
        return process
    }
}

/// A server that cannot be had.
package struct ServerTrouble: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
