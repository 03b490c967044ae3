import GRDB
import HTTPService
import Redness
import WallClock

/// What is written down of a picture that a client sent: one record for each client and content.
struct PictureRecord: Sendable {
    /// Its number in the order of arrival; 0 before it is written.
    var number: Int64 = 0
    /// The picture's name: its content.
    let id: PictureID
    /// Who sent it.
    let client: String
    /// When the client's first upload of it was received.
    var received: Timestamp
    /// The length of the file in bytes.
    let bytes: Int
    /// The format, told by content.
    let format: PictureFormat
    /// Width and height in pixels.
    let width: Int, height: Int
    /// Red pixels in parts per million.
    var red: Int
    /// Whether the measurement is of a picture decoded at a smaller scale.
    var isApproximate: Bool
    /// The measurement as the members of a JSON object, with its braces: what clients are answered.
    var measurement: String
    /// The `Idempotency-Key` of the upload that made the record.
    var idempotencyKey: String?

    /// A record of a picture received now.
    init(
        id: PictureID, client: String, received: Timestamp, bytes: Int, measurement: PictureMeasurement,
        idempotencyKey: String? = nil
    ) {
        self.id = id
        self.client = client
        self.received = received
        self.bytes = bytes
        self.idempotencyKey = idempotencyKey
        format = measurement.format
        width = measurement.width
        height = measurement.height
        red = measurement.red
        isApproximate = measurement.isApproximate
        self.measurement = JSONObject(members: measurement.members).text
    }

    /// The answer to an upload: the id and the measurement.
    var answer: String { Self.joined(JSONObject(members: [("id", .text(id.text))]).text, measurement) }

    /// The record in a list of records.
    var listed: String {
        let head = JSONObject(members: [
            ("id", .text(id.text)), ("client", .text(client)), ("received", .text(received.text)),
            ("bytes", .number(bytes)),
        ])
        return Self.joined(head.text, measurement)
    }

    /// One object of the members of two.
    private static func joined(_ first: String, _ second: String) -> String {
        "\(first.dropLast()),\(second.dropFirst())"
    }
}

extension PictureRecord: FetchableRecord {
    /// Reads a row of the table `record`; fails on one that this program did not write.
    init(row: Row) throws {
        let name: String = try row.decode(forColumn: "picture")
        guard let id = PictureID(name) else { throw ForeignRecord(column: "picture", value: name) }
        let formatName: String = try row.decode(forColumn: "format")
        guard let format = PictureFormat(rawValue: formatName) else {
            throw ForeignRecord(column: "format", value: formatName)
        }
        number = try row.decode(forColumn: "number")
        self.id = id
        client = try row.decode(forColumn: "client")
        received = Timestamp(milliseconds: try row.decode(forColumn: "received"))
        bytes = try row.decode(forColumn: "bytes")
        self.format = format
        width = try row.decode(forColumn: "width")
        height = try row.decode(forColumn: "height")
        red = try row.decode(forColumn: "red")
        isApproximate = try row.decode(forColumn: "approximate")
        measurement = try row.decode(forColumn: "measurement")
        idempotencyKey = try row.decode(forColumn: "idempotency_key")
    }

    /// Writes the record as a new row; gives its number.
    func insert(_ database: Database) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO record (picture, client, received, bytes, format, width, height, red, approximate,
                    measurement, idempotency_key)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id.text, client, received.milliseconds, bytes, format.rawValue, width, height, red, isApproximate,
            measurement, idempotencyKey,
        ])
        return database.lastInsertedRowID
    }

    /// The record of a client's picture; nil if there is none.
    static func find(_ id: PictureID, of client: String, _ database: Database) throws -> PictureRecord? {
        try fetchOne(
            database.cachedStatement(sql: "SELECT * FROM record WHERE picture = ? AND client = ?"),
            arguments: [id.text, client])
    }
}

/// A row that is none of ours: the file was changed by something else.
struct ForeignRecord: Error, CustomStringConvertible {
    let column: String
    let value: String

    var description: String { "the column '\(column)' of a record holds '\(value)'" }
}
