import CPostgres
import Foundation

/// A connection to PostgreSQL, used by one at a time: the pool sees to that.
final class Connection: @unchecked Sendable {
    private let handle: OpaquePointer

    init(url: String) throws {
        guard let handle = PQconnectdb(url) else { throw DatabaseError(message: "no memory for a connection") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(handle))
            PQfinish(handle)
            throw DatabaseError(message: message)
        }
        self.handle = handle
    }

    deinit {
        PQfinish(handle)
    }

    func execute(_ text: String, _ parameters: [String]) throws -> [Row] {
        let copies = parameters.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let values = copies.map { UnsafePointer($0) }
        let result = PQexecParams(handle, text, Int32(values.count), nil, values, nil, nil, 0)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK: return rows(of: result)
        case PGRES_COMMAND_OK: return []
        default: throw DatabaseError(message: String(cString: PQerrorMessage(handle)))
        }
    }

    private func rows(of result: OpaquePointer?) -> [Row] {
        let columns = PQnfields(result)
        return (0..<PQntuples(result)).map { row in
            Row(values: (0..<columns).map { String(cString: PQgetvalue(result, row, $0)) })
        }
    }
}

/// What PostgreSQL said.
struct DatabaseError: Error {
    let message: String
}
