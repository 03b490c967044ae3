#if Tools
import JSONDiff

/// What ends the command with a message.
struct Failure: Error {
    let message: String
    /// The exit status.
    let status: Int32

    init(_ message: String, status: Int32 = 2) {
        self.message = message
        self.status = status
    }

    /// What is wrong with the text of a file.
    init(_ path: String, _ error: JSONReadingError) {
        self.init("\(Self.name(path)): \(error)")
    }

    /// A file as messages name it.
    static func name(_ path: String) -> String { path == "-" ? "standard input" : "'\(path)'" }
}

extension JSONDocument {
    /// Reads a file or standard input, for a command.
    static func read(_ path: String, _ options: JSONOptions) throws -> JSONDocument {
        do {
            return try JSONDocument(contentsOf: path, options: options)
        } catch let error as JSONReadingError {
            throw Failure(path, error)
        } catch let error as JSONFileError {
            throw Failure("\(error)")
        }
    }
}
#endif
