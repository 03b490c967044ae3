#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads a journal from its beginning to its end, a chunk at a time.
struct JournalReader {
    enum Failure: Error, Equatable, CustomStringConvertible {
        case system(SystemFailure)
        case otherTarget(String)
        case notJournal

        var description: String {
            switch self {
            case .system(let failure): failure.description
            case .otherTarget(let url):
                "it is of uploads to \(PrintableText.line(url, limit: 200)); give another file for each target"
            case .notJournal: "it is not a journal of upload-images; give another file, or remove it"
            }
        }
    }

    private static let chunkBytes = 256 * 1024
    /// No line of ours is longer: a path has at most 4096 bytes, each at most four when escaped.
    private static let lineLimit = 64 * 1024

    private let url: String
    private var hasHeader = false
    private var rest: [UInt8] = []

    private init(url: String) { self.url = url }

    /// Reads all lines that are whole.
    ///
    /// - Returns: How many bytes there are, and whether the last line has its end.
    static func read(
        _ descriptor: CInt, url: String, _ body: (UploadJournal.Entry) -> Void
    ) throws(Failure) -> (bytes: Int, endsLine: Bool) {
        var reader = JournalReader(url: url)
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        var offset = 0
        while true {
            let count = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            if count > 0 {
                offset += count
                try reader.take(chunk[..<count], body)
            } else if count == 0 {
                guard offset == 0 || reader.hasHeader else { throw .notJournal }
                return (offset, reader.rest.isEmpty)
            } else if errno != EINTR {
                throw .system(.last)
            }
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ body: (UploadJournal.Entry) -> Void) throws(Failure) {
        rest += bytes
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try take(line: rest[start..<end], body)
            start = end + 1
        }
        rest.removeSubrange(..<start)
        guard rest.count <= Self.lineLimit else { throw .notJournal }
    }

    private mutating func take(line: ArraySlice<UInt8>, _ body: (UploadJournal.Entry) -> Void) throws(Failure) {
        let parsed = JournalLine.parse(line)
        guard hasHeader else {
            guard case .header(let url) = parsed else { throw .notJournal }
            guard url == self.url else { throw .otherTarget(url) }
            hasHeader = true
            return
        }
        // Any other line is one that was torn.
        guard case .entry(let entry) = parsed else { return }
        body(entry)
    }
}
