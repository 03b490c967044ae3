/// A line of a journal: eight hexadecimal digits, the CRC-32 of what follows the blank after them.
///
/// The first line is `CRC upload-images-journal 1 URL`; the others are `CRC SIZE NANOSECONDS PATH`, with the file's time of
/// change since 1970, and the path escaped as on a terminal, which can be undone.
enum JournalLine {
    private static let title = "upload-images-journal 1 "

    static func header(url: String) -> [UInt8] { line(Array("\(title)\(url)".utf8)) }

    static func bytes(_ entry: UploadJournal.Entry) -> [UInt8] {
        line(Array("\(entry.size) \(entry.modificationNanoseconds) \(entry.path)".utf8))
    }

    private static func line(_ content: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(content.count + 10)
        let sum = String(CRC32.of(content[...]), radix: 16)
        line += repeatElement(UInt8(ascii: "0"), count: 8 - sum.utf8.count)
        line += sum.utf8
        line.append(UInt8(ascii: " "))
        line += content
        line.append(UInt8(ascii: "\n"))
        return line
    }

    enum Parsed: Equatable {
        case header(url: String)
        case entry(UploadJournal.Entry)
    }

    /// Reads a line without its end; nil: torn, or none of ours.
    static func parse(_ line: ArraySlice<UInt8>) -> Parsed? {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " "),
            let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        else { return nil }
        let content = line.dropFirst(9)
        guard CRC32.of(content) == sum else { return nil }
        if content.starts(with: title.utf8) {
            return .header(url: String(decoding: content.dropFirst(title.utf8.count), as: UTF8.self))
        }
        let fields = content.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let size = Int(String(decoding: fields[0], as: UTF8.self)),
            let time = Int(String(decoding: fields[1], as: UTF8.self)),
            let path = PrintableText.unescape(fields[2])
        else { return nil }
        return .entry(.init(path: FilePath(bytes: path), size: size, modificationNanoseconds: time))
    }
}
