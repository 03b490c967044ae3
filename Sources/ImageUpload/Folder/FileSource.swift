/// The files of an upload, one at a time: those of the folder, and where it is watched, those that come after.
struct FileSource {
    private let root: FilePath
    private let filter: FileFilter
    private var walk: FolderWalk
    private let watch: FolderWatch?

    /// Stands before the folder's first file.
    ///
    /// - Parameter watch: Tells of what comes after, or nil: then the folder's files are all.
    init(_ folder: FilePath, _ options: UploadOptions, watch: FolderWatch?) throws(SystemFailure) {
        root = folder
        filter = options.filter
        self.watch = watch
        walk = try FolderWalk(folder, filter: filter, links: options.symbolicLinks, watch: watch)
    }

    /// The next entry; waits for it where the folder is watched; nil at the end.
    mutating func next() -> FolderWalk.Entry? {
        while true {
            if let entry = walk.next() {
                guard let watch, case .file(let path) = entry, watch.settles(path) else { return entry }
                continue
            }
            guard let watch else { return nil }
            do throws(SystemFailure) {
                switch try watch.next() {
                case .file(let path):
                    return filter.admits(file: path.relative(to: root)) ? .file(path) : .skipped(path, .filtered)
                case .folder(let path):
                    guard filter.admits(folder: path.relative(to: root)) else { continue }
                    if let unreadable = walk.revisit(path) { return unreadable }
                case .overflow:
                    if let unreadable = walk.revisit(root) { return unreadable }
                case .stopped: return nil
                }
            } catch {
                return .unreadable(root, error)
            }
        }
    }
}
