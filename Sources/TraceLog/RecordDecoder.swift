#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What a line of a log holds.
public enum DecodedLine: Sendable, Equatable {
    /// No record: any other log line.
    case foreign
    /// A whole record.
    case record(RecordHeader, Record)
    /// A record of a kind that this version does not know, with a right checksum.
    case unknownKind(RecordHeader)
    /// Something that begins like a record and is damaged: torn, interleaved, altered or forged.
    case damaged
}

/// Finds and decodes the record in a line of a log.
///
/// A record may stand after any prefix (a logger's time stamp, a container's wrapper) and is taken from its marker
/// to its checksum; what follows the checksum must be the line's end, or what a JSON wrapper adds.
public enum RecordDecoder {
    /// Decodes one line without its line feed. Reads each byte about twice and allocates for texts and histograms only.
    public static func decode(_ line: UnsafeRawBufferPointer) -> DecodedLine {
        guard let start = markerOffset(in: line) else { return .foreign }
        return decode(record: UnsafeRawBufferPointer(rebasing: line[start...]))
    }

    /// Decodes what stands in a line from its last marker on.
    package static func decode(record: UnsafeRawBufferPointer) -> DecodedLine {
        guard let checked = checkedBody(of: record) else { return .damaged }
        var words = checked.body
        guard let kindWord = takeWord(&words), let sessionWord = takeWord(&words), sessionWord.count == 16,
            let session = FieldNumber.parse(sessionWord, radix: 16), session == checked.session,
            let sequenceWord = takeWord(&words), let sequence = FieldNumber.parse(sequenceWord)
        else { return .damaged }
        let header = RecordHeader(session: session, sequence: sequence)
        guard let kind = RecordKind(rawValue: String(decoding: kindWord, as: UTF8.self)) else {
            return .unknownKind(header)
        }
        guard let decoded = Record(kind: kind, fields: RecordFieldReader(words)) else { return .damaged }
        return .record(header, decoded)
    }

    /// Decodes one line given as an array.
    public static func decode(_ line: [UInt8]) -> DecodedLine {
        line.withUnsafeBytes { decode($0) }
    }

    /// Returns where the last marker of a line begins: where two lines were torn into one, the later one may be whole.
    private static func markerOffset(in line: UnsafeRawBufferPointer) -> Int? {
        guard let base = line.baseAddress else { return nil }
        let marker = RecordFormat.markerBytes
        var found: Int?
        var offset = 0
        while offset + marker.count <= line.count,
            let hit = memchr(base + offset, Int32(marker[0]), line.count - offset)
        {
            let position = base.distance(to: UnsafeRawPointer(hit))
            if position + marker.count <= line.count,
                memcmp(base + position, RecordFormat.marker.utf8Start, marker.count) == 0
            {
                found = position
            }
            offset = position + 1
        }
        return found
    }

    /// Returns the bytes between marker and checksum, if the checksum is right under the session tag they name.
    private static func checkedBody(
        of record: UnsafeRawBufferPointer
    ) -> (body: UnsafeRawBufferPointer, session: UInt64)? {
        let marker = RecordFormat.markerBytes.count
        var words = UnsafeRawBufferPointer(rebasing: record[marker...])
        guard takeWord(&words) != nil, let sessionWord = takeWord(&words),
            let session = FieldNumber.parse(sessionWord, radix: 16)
        else { return nil }
        guard let end = checksumOffset(in: record) else { return nil }
        let digits = UnsafeRawBufferPointer(rebasing: record[(end + 3)..<(end + 11)])
        let covered = UnsafeRawBufferPointer(rebasing: record[..<end])
        guard end > marker, let stated = FieldNumber.parse(digits, radix: 16),
            stated == UInt64(Checksum.of(covered, key: session))
        else { return nil }
        return (UnsafeRawBufferPointer(rebasing: covered[marker...]), session)
    }

    /// Returns where the first field `c` begins, a space before it, if it is a checksum that may end a record.
    private static func checksumOffset(in record: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        while let space = record.firstPlace(of: UInt8(ascii: " "), from: offset), space + 11 <= record.count {
            if record[space + 1] == UInt8(ascii: "c"), record[space + 2] == UInt8(ascii: "=") {
                return isLineEnd(UnsafeRawBufferPointer(rebasing: record[(space + 11)...])) ? space : nil
            }
            offset = space + 1
        }
        return nil
    }

    /// Whether `rest`, the bytes after a checksum, may follow a record: nothing, a carriage return or white space, or
    /// the rest of a JSON object (`\n","stream":"stderr"…`).
    private static func isLineEnd(_ rest: UnsafeRawBufferPointer) -> Bool {
        guard let first = rest.first else { return true }
        switch first {
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "\""), UInt8(ascii: "\\"): return true
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            return rest.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        default: return false
        }
    }

    /// Takes the next word off `bytes`, up to a space or the end.
    private static func takeWord(_ bytes: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard !bytes.isEmpty else { return nil }
        let end = bytes.firstPlace(of: UInt8(ascii: " "), from: 0) ?? bytes.count
        let word = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, bytes.count)...])
        return word.isEmpty ? nil : word
    }
}

extension UnsafeRawBufferPointer {
    /// Returns where a byte comes first, at or after `start`.
    func firstPlace(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count else { return nil }
        return memchr(base + start, Int32(byte), count - start).map { base.distance(to: UnsafeRawPointer($0)) }
    }
}
