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
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var line = 1, column = 1
        // A byte order mark is no part of its line.
        var place = text.starts(with: mark) ? 3 : 0
        while place < min(offset, text.count) {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        (self.line, self.column) = (line, column)
    }
}
