/// Why a picture was not measured. The descriptions are made to be shown to whoever sent it.
public enum PictureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are no bytes.
    case empty
    /// The content is of no format that is read; how it begins.
    case unknownFormat(String)
    /// The data end before the picture does.
    case truncated(String)
    /// The data are not what the format allows.
    case damaged(String)
    /// The picture is beyond a limit.
    case tooLarge(String)
    /// The file could not be read.
    case unreadable(String)

    /// What is wrong, and what would mend it, in one line.
    public var description: String {
        switch self {
        case .empty: "there is no picture: the body is empty; send a JPEG, PNG, WebP or GIF"
        case .unknownFormat(let beginning):
            "this is no JPEG, PNG, WebP or GIF: it begins with \(beginning); send one of these"
        case .truncated(let detail): "the picture is cut short (\(detail)); send the whole file"
        case .damaged(let detail): "the picture is damaged (\(detail)); send an intact file"
        case .tooLarge(let detail): "the picture is too large: \(detail)"
        case .unreadable(let detail): "the file cannot be read: \(detail)"
        }
    }
}
