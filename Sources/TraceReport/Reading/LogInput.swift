/// Where a log comes from.
public enum LogInput: Sendable, Equatable {
    /// A file, or anything else that can be opened and read to its end: a pipe, a terminal.
    case file(String)
    /// Standard input.
    case standardInput
    /// Bytes in memory, shown under a name.
    case bytes([UInt8], name: String)

    /// What the report calls the input: the path as given, `-` for standard input.
    public var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "-"
        case .bytes(_, let name): name
        }
    }
}

/// A log that could not be read.
public struct LogReadError: Error, Sendable, Equatable {
    /// The input's name.
    public let name: String
    /// What was being done: `open` or `read`.
    public let operation: String
    /// The system's error number; 0 where ``reason`` says more.
    public let errorNumber: Int32
    /// Why the input cannot be read, where that is no error of the system.
    public let reason: String?

    /// Makes an error.
    public init(name: String, operation: String, errorNumber: Int32) {
        self.name = name
        self.operation = operation
        self.errorNumber = errorNumber
        reason = nil
    }

    /// Makes an error that is none of the system's.
    public init(name: String, reason: String) {
        self.name = name
        operation = "read"
        errorNumber = 0
        self.reason = reason
    }
}
