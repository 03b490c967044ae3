/// Which files of a folder are sent.
public struct FileFilter: Sendable {
    /// A file is sent only if one of these matches its path below the folder; none: every file.
    public var included: [Glob] = []

    /// A file is not sent, and a folder not entered, if one of these matches its path below the folder.
    public var excluded: [Glob] = []

    /// Only these kinds of pictures, told by content, are sent; empty: all, and what is called a picture, too.
    public var kinds: Set<PictureKind> = []

    /// Only files of at least so many bytes are sent.
    public var minimumBytes = 0

    /// Only files of at most so many bytes are sent.
    public var maximumBytes = Int.max

    /// Every picture.
    public init() {}

    /// Whether a file at `path`, below the folder, may be sent.
    func admits(file path: ArraySlice<UInt8>) -> Bool {
        guard included.isEmpty || included.contains(where: { $0.matches(path) }) else { return false }
        return admits(folder: path)
    }

    /// Whether a folder at `path`, below the folder, is entered.
    func admits(folder path: ArraySlice<UInt8>) -> Bool { !excluded.contains { $0.matches(path) } }

    /// Whether a file of so many bytes may be sent.
    func admits(size: Int) -> Bool { size >= minimumBytes && size <= maximumBytes }
}
