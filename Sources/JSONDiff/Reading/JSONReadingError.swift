/// A text is not JSON, or breaks a limit.
public struct JSONReadingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what helps.
    public let problem: String
    /// Of the byte where it shows, from 0.
    public let offset: Int
    /// Of that byte, from 1.
    public let line: Int
    /// Of that byte in its line, in code points, from 1.
    public let column: Int

    /// `line 3, column 14 (byte 120): …`.
    public var description: String { "line \(line), column \(column) (byte \(offset)): \(problem)" }

    init(_ problem: String, at offset: Int, in text: UnsafeBufferPointer<UInt8>) {
        self.problem = problem
        self.offset = offset
        let before = text[..<min(offset, text.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = 1 + before.lazy.filter { $0 == UInt8(ascii: "\n") }.count
        column = 1 + before[lineStart...].lazy.filter { $0 & 0xC0 != 0x80 }.count
    }
}
