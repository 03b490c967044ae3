#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The text of a file of `/proc` (proc(5)), read from front to back: lines, words, numbers.
///
/// It points into memory that is there for as long as ``reading(_:in:maximumBytes:_:)`` calls its closure. Nothing here
/// allocates or traps, whatever the text says: what is no number is nil.
struct ProcText {
    private var bytes: Slice<UnsafeRawBufferPointer>

    /// Makes the text of bytes that outlive it.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes[...]
    }

    private init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        self.bytes = bytes
    }

    /// Opens a file, gives `body` what it holds, and closes it.
    ///
    /// - Parameters:
    ///   - path: Its path, absolute or in `folder`.
    ///   - folder: A folder's descriptor.
    ///   - maximumBytes: How much is read. Of a longer file the text ends with the last line that is whole, so that no
    ///     number is cut.
    /// - Returns: What `body` makes of it; nil where the file is not there or cannot be read.
    @discardableResult
    static func reading<Value>(
        _ path: String, in folder: Int32 = AT_FDCWD, maximumBytes: Int = 4096, _ body: (inout ProcText) -> Value?
    ) -> Value? {
        let file = openat(folder, path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: maximumBytes, alignment: 8) { room in
            var count = 0
            while count < room.count {
                // The kernel gives a page at most, and may give less.
                let piece = read(file, room.baseAddress.map { $0 + count }, room.count - count)
                if piece == 0 { break }
                guard piece > 0 || errno == EINTR else { return nil }
                count += max(0, piece)
            }
            var text = ProcText(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
            if count == room.count { text.dropUnfinishedLine() }
            return body(&text)
        }
    }

    private mutating func dropUnfinishedLine() {
        bytes = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex)]
    }

    /// Takes the next line, without its line feed. Nil at the end.
    mutating func line() -> ProcText? {
        guard !bytes.isEmpty else { return nil }
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        defer { bytes = bytes[min(end + 1, bytes.endIndex)...] }
        return ProcText(bytes[..<end])
    }

    /// Takes the next word, after any blanks; ends before the next blank or line feed. Nil at the end.
    mutating func word() -> ProcText? {
        bytes = bytes.drop { Self.isBlank($0) }
        guard !bytes.isEmpty else { return nil }
        let end = bytes.firstIndex { Self.isBlank($0) } ?? bytes.endIndex
        defer { bytes = bytes[end...] }
        return ProcText(bytes[..<end])
    }

    /// Takes words; false where there are not so many.
    mutating func skip(words: Int) -> Bool {
        for _ in 0..<words where word() == nil { return false }
        return true
    }

    /// Takes the next word if it begins with `start`, and leaves what follows that in the text to be read.
    mutating func skip(_ start: StaticString) -> Bool {
        var rest = self
        rest.bytes = rest.bytes.drop { Self.isBlank($0) }
        guard rest.hasPrefix(start) else { return false }
        bytes = rest.bytes.dropFirst(start.utf8CodeUnitCount)
        return true
    }

    /// Takes all up to the last `byte`, that one too; false where there is none.
    mutating func skip(toLast byte: UInt8) -> Bool {
        guard let position = bytes.lastIndex(of: byte) else { return false }
        bytes = bytes[(position + 1)...]
        return true
    }

    /// Whether the text left begins with `start`.
    func hasPrefix(_ start: StaticString) -> Bool {
        bytes.starts(with: UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount))
    }

    /// Whether the text left is `other`.
    func isEqual(to other: StaticString) -> Bool {
        bytes.count == other.utf8CodeUnitCount && hasPrefix(other)
    }

    /// The first byte left.
    var first: UInt8? { bytes.first }

    /// What is left as a string, invalid UTF-8 repaired.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes the next word as a decimal number: nil where it is none, or none of 64 bits without a sign.
    mutating func number() -> UInt64? {
        word().flatMap { Self.number($0.bytes) }
    }

    /// Takes the next word as a number with or without a decimal point, times ten to the power `decimals` (`0.25` with 3:
    /// 250). Digits further behind the point are cut off.
    mutating func fixedPoint(decimals: Int) -> UInt64? {
        guard let word = word()?.bytes else { return nil }
        let point = word.firstIndex(of: UInt8(ascii: "."))
        let fraction = point.map { word[($0 + 1)...] }
        guard var value = Self.number(word[..<(point ?? word.endIndex)]) else { return nil }
        if let fraction, !fraction.allSatisfy({ Self.digit($0) != nil }) || fraction.isEmpty { return nil }
        var digits = fraction?.makeIterator()
        for _ in 0..<decimals {
            guard let next = Self.appending(digits?.next() ?? UInt8(ascii: "0"), to: value) else { return nil }
            value = next
        }
        return value
    }

    /// Takes a decimal number and the `byte` right after it: nil, and nothing is taken, where they are not there.
    mutating func number(before byte: UInt8) -> UInt64? {
        guard let end = bytes.firstIndex(of: byte), let value = Self.number(bytes[..<end]) else { return nil }
        bytes = bytes[(end + 1)...]
        return value
    }

    private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard !bytes.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard let next = appending(byte, to: value) else { return nil }
            value = next
        }
        return value
    }

    private static func appending(_ byte: UInt8, to value: UInt64) -> UInt64? {
        guard let digit = digit(byte) else { return nil }
        let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, isStillTooLarge) = tens.addingReportingOverflow(digit)
        return isTooLarge || isStillTooLarge ? nil : sum
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? UInt64(byte - UInt8(ascii: "0")) : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
    }
}
