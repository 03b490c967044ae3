/// What is wrong with a `multipart/form-data` body.
enum MultipartError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It breaks the syntax of RFC 2046.
    case malformed(String)
    /// It holds no file.
    case noFile
    /// It ends before the boundary that ends the file.
    case unfinished

    /// The cause, as a clause.
    var description: String {
        switch self {
        case .malformed(let cause): cause
        case .noFile: "none of its parts is a file: no part has a filename, or a Content-Type of image/…"
        case .unfinished: "it ends before the boundary that ends the file"
        }
    }
}
