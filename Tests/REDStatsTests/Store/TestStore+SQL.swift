import Foundation
import REDStats
import StatsSamples
import TestSupport

extension TestStore {
    /// Runs a statement past the store.
    func execute(_ sql: String) throws {
        switch kind {
        case .sqlite:
            let path = url.dropFirst("sqlite:".count)
            let run = try ProgramRun.run(
                "python3",
                [
                    "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
                    String(path), sql,
                ])
            guard run.status == 0 else { throw Trouble(text: run.error) }
        case .postgreSQL: try PostgreSQLServer.execute("SET search_path = red_stats; \(sql)", url: url)
        }
    }

    /// Makes rollups wrong, as a bug would.
    func damage() throws { try execute("UPDATE rollup SET count = count + 1 WHERE slot % 3 = 0") }

    struct Trouble: Error {
        let text: String
    }
}
