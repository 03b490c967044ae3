import CPostgreSQL

/// A connection to PostgreSQL by libpq. Calls block; used by one thread at a time.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    private var prepared: [String: String] = [:]
    let names = NameCache()

    /// So many statements are kept prepared at most.
    private static let mostPrepared = 200

    /// Connects. What the URL does not say is: 5 seconds to connect, and dead peers are found within half a minute.
    init(url: String) throws(PostgreSQLError) {
        let settings = [
            ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"), ("application_name", "red-stats"), ("dbname", url),
            ("client_encoding", "UTF8"),
        ]
        let handle = Self.withCStrings(settings.map(\.0)) { names in
            Self.withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else { throw PostgreSQLError(nil) }
        guard PQstatus(handle) == CONNECTION_OK else {
            let error = PostgreSQLError(handle)
            PQfinish(handle)
            throw error
        }
        // Without one, libpq writes notices to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        self.handle = handle
    }

    deinit { PQfinish(handle) }

    /// Whether libpq understands a URL.
    static func isWellFormed(_ url: String) -> Bool {
        let options = PQconninfoParse(url, nil)
        defer { PQconninfoFree(options) }
        return options != nil && !url.utf8.contains(0)
    }

    /// Whether a statement of the open transaction failed, so that committing it would take it back.
    var isAborted: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// The descriptor of the connection, to wait for what the server says by itself.
    var socket: Int32 { PQsocket(handle) }

    /// Runs statements without values, and passes over what they give.
    func execute(_ sql: String) throws(PostgreSQLError) {
        let result = try checked(PQexec(handle, sql))
        PQclear(result)
    }

    /// Runs a prepared statement, and hands its result to `body`.
    func query<R>(_ sql: String, _ values: [SQLValue], _ body: (PostgreSQLResult) throws -> R) throws -> R {
        try SQLValue.refuseNUL(values)
        let name = try prepare(sql, values)
        let result = try checked(
            Self.withValues(values) { pointers, lengths, formats in
                PQexecPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
            })
        defer { PQclear(result) }
        return try body(PostgreSQLResult(result))
    }

    /// Fills a table with `COPY … (FORMAT binary)`.
    func copy(_ rows: BinaryRows, into table: String) throws(PostgreSQLError) {
        let start = PQexec(handle, "COPY \(table) FROM STDIN (FORMAT binary)")
        guard PQresultStatus(start) == PGRES_COPY_IN else {
            defer { PQclear(start) }
            throw PostgreSQLError(handle, start)
        }
        PQclear(start)
        let isSent = rows.finished.withUnsafeBytes { bytes in
            let bytes = bytes.bindMemory(to: CChar.self)
            return stride(from: 0, to: bytes.count, by: 1 << 20).allSatisfy { place in
                PQputCopyData(handle, bytes.baseAddress.map { $0 + place }, Int32(min(1 << 20, bytes.count - place)))
                    == 1
            }
        }
        guard isSent, PQputCopyEnd(handle, nil) == 1 else { throw PostgreSQLError(handle) }
        var failure: PostgreSQLError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK, failure == nil { failure = PostgreSQLError(handle, result) }
            PQclear(result)
            if PQstatus(handle) == CONNECTION_BAD { break }
        }
        if let failure { throw failure }
    }

    /// Reads what the server said by itself; whether there was a notification.
    func consumeNotifications() throws(PostgreSQLError) -> Bool {
        guard PQconsumeInput(handle) == 1 else { throw PostgreSQLError(handle) }
        var isNotified = false
        while let notification = PQnotifies(handle) {
            isNotified = true
            PQfreemem(notification)
        }
        return isNotified
    }

    // MARK: Statements

    private func prepare(_ sql: String, _ values: [SQLValue]) throws(PostgreSQLError) -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.mostPrepared {
            try execute("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        // PostgreSQL's own numbers of its types: int8, text, bytea; 0 lets it find out.
        let types: [Oid] = values.map { value in
            switch value {
            case .null: 0
            case .integer: 20
            case .text: 25
            case .bytes: 17
            }
        }
        PQclear(try checked(PQprepare(handle, name, sql, Int32(types.count), types)))
        prepared[sql] = name
        return name
    }

    private func checked(_ result: OpaquePointer?) throws(PostgreSQLError) -> OpaquePointer {
        guard let result else { throw PostgreSQLError(handle) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return result
        default:
            defer { PQclear(result) }
            throw PostgreSQLError(handle, result)
        }
    }

    private static func withValues<R>(
        _ values: [SQLValue],
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> R
    ) -> R {
        // All values in one buffer; texts end with a NUL.
        var buffer: [CChar] = []
        var places: [Int?] = []
        var lengths: [Int32] = []
        for value in values {
            let bytes: [UInt8]? =
                switch value {
                case .null: nil
                case .integer(let number): Array("\(number)".utf8)
                case .text(let text): Array(text.utf8)
                case .bytes(let bytes): bytes
                }
            places.append(bytes == nil ? nil : buffer.count)
            lengths.append(Int32(bytes?.count ?? 0))
            buffer += (bytes ?? []).map { CChar(bitPattern: $0) } + [0]
        }
        let formats: [Int32] = values.map { if case .bytes = $0 { 1 } else { 0 } }
        return buffer.withUnsafeBufferPointer { buffer in
            body(
                places.map { place in place.flatMap { place in buffer.baseAddress.map { $0 + place } } }, lengths,
                formats)
        }
    }

    private static func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        let buffer = texts.flatMap { $0.utf8CString }
        return buffer.withUnsafeBufferPointer { buffer in
            var place = 0
            let pointers: [UnsafePointer<CChar>?] = texts.map { text in
                defer { place += text.utf8.count + 1 }
                return buffer.baseAddress.map { $0 + place }
            }
            return body(pointers + [nil])
        }
    }
}

/// The rows that a statement gave, in the binary format. Good only while the connection's call lasts.
struct PostgreSQLResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// How many rows there are.
    var count: Int { Int(PQntuples(handle)) }
    /// How many rows were changed.
    var changed: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A row's columns.
    func row(_ row: Int) throws -> [SQLValue] {
        try (0..<PQnfields(handle)).map { try value(row, Int($0)) }
    }

    /// The bytes of a column.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(handle, Int32(row), Int32(column)),
            count: Int(PQgetlength(handle, Int32(row), Int32(column))))
    }

    /// A column of one of the types of integers.
    func integer(_ row: Int, _ column: Int) -> Int64 {
        let bytes = bytes(row, column)
        guard let first = bytes.first else { return 0 }
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    private func value(_ row: Int, _ column: Int) throws -> SQLValue {
        if PQgetisnull(handle, Int32(row), Int32(column)) == 1 { return .null }
        switch PQftype(handle, Int32(column)) {
        case 20, 21, 23: return .integer(integer(row, column))
        case 16: return .integer(bytes(row, column).first == 1 ? 1 : 0)
        case 19, 25, 1043: return .text(String(decoding: bytes(row, column), as: UTF8.self))
        case 17: return .bytes(Array(bytes(row, column)))
        default: throw ForeignRow()
        }
    }
}
