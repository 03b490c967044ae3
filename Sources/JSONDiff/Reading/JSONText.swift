import Foundation
import Hoofprint

/// The bytes of a JSON text.
///
/// Those of a file are read into memory of its own: a mapped file that shrinks ends the program that reads it.
final class JSONText: Sendable {
    /// The first byte. Sound to share: nobody writes to the bytes.
    nonisolated(unsafe) let start: UnsafePointer<UInt8>
    let count: Int
    private let ownsBytes: Bool

    /// The largest text: offsets have 32 bits.
    static let maximumCount = Int(UInt32.max) - 64

    /// Bytes that the caller keeps as they are for as long as this text, and all that was made of it, is used.
    init(unowned bytes: UnsafeRawBufferPointer) {
        start = UnsafePointer(bytes.bindMemory(to: UInt8.self).baseAddress ?? Self.nothing)
        count = bytes.count
        ownsBytes = false
    }

    /// A copy of bytes.
    convenience init(copying bytes: UnsafeRawBufferPointer) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
        if let first = bytes.baseAddress { memory.copyMemory(from: first, byteCount: bytes.count) }
        self.init(owned: memory, bytes.count)
    }

    /// What a file holds; `-` is standard input.
    convenience init(contentsOf path: String) throws(JSONFileError) {
        let (memory, count) = try span("json.file") { _ throws(JSONFileError) in try Self.contents(of: path) }
        self.init(owned: memory, count)
    }

    private static func contents(of path: String) throws(JSONFileError) -> (UnsafeMutableRawPointer, Int) {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JSONFileError(path) }
        defer { if path != "-" { close(descriptor) } }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        var capacity = (isFile ? Int(status.st_size) : 64 << 10) + 1
        var memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        var count = 0
        while case let got = read(descriptor, memory + count, capacity - count), got != 0 {
            if got < 0 {
                if errno == EINTR { continue }
                let error = JSONFileError(path)
                memory.deallocate()
                throw error
            }
            count += got
            guard count == capacity else { continue }
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 64)
            larger.copyMemory(from: memory, byteCount: count)
            memory.deallocate()
            (memory, capacity) = (larger, capacity * 2)
        }
        return (memory, count)
    }

    private init(owned memory: UnsafeMutableRawPointer, _ count: Int) {
        start = UnsafePointer(memory.assumingMemoryBound(to: UInt8.self))
        self.count = count
        ownsBytes = true
    }

    deinit {
        if ownsBytes { UnsafeMutableRawPointer(mutating: start).deallocate() }
    }

    /// What an empty text points to.
    fileprivate nonisolated(unsafe) static let nothing = UnsafePointer(
        UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    /// The bytes of a part.
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
    }

    /// All but white space at the ends: where the one value of a checked text is.
    var rangeOfValue: Range<Int> {
        var first = 0, end = count
        while first < end, start[first] <= 0x20 { first += 1 }
        while end > first, start[end - 1] <= 0x20 { end -= 1 }
        return first..<end
    }

    /// The text as plain JSON, with spaces for its first bytes and for comments.
    func prepared(for syntax: JSONOptions.Syntax, passingOver first: Int) throws -> JSONText {
        guard first > 0 || syntax == .jsonc else { return self }
        let copy = JSONText(copying: UnsafeRawBufferPointer(start: start, count: count))
        let bytes = UnsafeMutableBufferPointer(mutating: copy.bytes(0..<count))
        for index in 0..<first { bytes[index] = UInt8(ascii: " ") }
        if syntax == .jsonc { try Self.eraseComments(in: bytes) }
        return copy
    }

    private static func eraseComments(in bytes: UnsafeMutableBufferPointer<UInt8>) throws {
        let scanner = TextScanner(base: UnsafeBufferPointer(bytes).start, count: bytes.count)
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\"") {
                at = scanner.checkedStringEnd(at)
                continue
            }
            guard bytes[at] == UInt8(ascii: "/"), at + 1 < bytes.count else {
                at += 1
                continue
            }
            let end: Int
            switch bytes[at + 1] {
            case UInt8(ascii: "/"):
                end = bytes[at...].firstIndex { $0 == 10 || $0 == 13 } ?? bytes.count
            case UInt8(ascii: "*"):
                guard let close = scanner.commentEnd(at) else {
                    throw JSONReadingError(
                        "the comment that begins here has no end", at: at, in: UnsafeBufferPointer(bytes))
                }
                end = close
            default:
                at += 1
                continue
            }
            let comment = UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[at..<end]))
            if let wrong = TokenPlaces.firstWrongByte(comment, isStart: true) {
                throw JSONReadingError(
                    "the text is not UTF-8: store it as UTF-8", at: at + wrong, in: UnsafeBufferPointer(bytes))
            }
            for index in at..<end where bytes[index] != 10 && bytes[index] != 13 { bytes[index] = UInt8(ascii: " ") }
            at = end
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The place of the first byte; of no bytes, a place that is not to be read.
    var start: UnsafePointer<UInt8> { baseAddress ?? JSONText.nothing }
}

/// A file could not be read.
public struct JSONFileError: Error, Sendable, CustomStringConvertible {
    /// Its path; `-` is standard input.
    public let path: String
    /// As the system says it.
    public let reason: String

    /// Of what `errno` says.
    init(_ path: String) {
        self.path = path
        reason = String(cString: strerror(errno))
    }

    /// `'a.json' cannot be read: No such file or directory`.
    public var description: String { "\(path == "-" ? "standard input" : "'\(path)'") cannot be read: \(reason)" }
}
