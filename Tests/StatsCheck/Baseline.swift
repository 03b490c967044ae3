import Foundation
import StatsSamples

/// The same rows in a bare table, by the databases' own programs.
struct Baseline {
    /// A PostgreSQL database's URL, or a SQLite file.
    let target: String
    var isPostgreSQL: Bool { target.hasPrefix("postgres") }

    private static let columns = """
        id text, source text, client text, time bigint, red bigint, image text, pixels bigint, width bigint, height bigint
        """

    /// Loads the rows; gives the seconds it took.
    func load(_ path: String) throws -> Double {
        let clock = ContinuousClock()
        try run(["CREATE TABLE bare (\(Self.columns))"])
        let duration = try clock.measure {
            let commands =
                isPostgreSQL
                ? ["\\copy bare FROM '\(path)' (FORMAT csv)"] : [".mode csv", ".import '\(path)' bare"]
            try run(commands)
        }
        return duration / .seconds(1)
    }

    /// Gives the table an index on what queries ask for; gives the seconds it took.
    func index() throws -> Double {
        try ContinuousClock().measure {
            try run(["CREATE INDEX bare_by_client ON bare (client, time, red)"])
            try run([isPostgreSQL ? "VACUUM ANALYZE bare" : "ANALYZE"])
        } / .seconds(1)
    }

    /// Counts by `SELECT count(*)`; gives both counts and the milliseconds, as the program itself says.
    func count(client: String, from: Int64, to: Int64, above: Int) throws -> (counts: [Int], milliseconds: Double) {
        let select = """
            SELECT count(*), coalesce(sum(CASE WHEN red > \(above) THEN 1 ELSE 0 END), 0) FROM bare
            WHERE client = '\(client)' AND time >= \(from) AND time < \(to);
            """
        let text = try run(isPostgreSQL ? ["\\timing on", select] : [".timer on", select])
        let numbers = text.split(separator: "\n").first { $0.contains("|") }?.split(separator: "|") ?? []
        let words = text.split(separator: "\n").last { $0.contains("ime: ") }?.split(separator: " ") ?? []
        guard let time = words.compactMap({ Double($0) }).first, numbers.count == 2 else { throw NoAnswer(text: text) }
        return (numbers.compactMap { Int($0) }, isPostgreSQL ? time : time * 1_000)
    }

    struct NoAnswer: Error {
        let text: String
    }

    /// Runs commands; gives what they print.
    @discardableResult
    func run(_ commands: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            isPostgreSQL
            ? ["psql", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", target] + commands.flatMap { ["-c", $0] }
            : ["sqlite3", target]
        // sqlite3 says times only of what it reads.
        let input = Pipe()
        let pipe = Pipe()
        process.standardInput = input
        process.standardOutput = pipe
        try process.run()
        if !isPostgreSQL {
            try input.fileHandleForWriting.write(
                contentsOf: Data(commands.map { $0.hasPrefix(".") ? "\($0)\n" : "\($0);\n" }.joined().utf8))
        }
        try input.fileHandleForWriting.close()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw NoAnswer(text: text) }
        return text
    }
}
