import ArgumentParser
import ImageUpload

/// Which of the folder's files are sent.
struct SelectionOptions: ParsableArguments {
    /// A kind of picture, as it is called on the command line.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case jpeg, png, gif, webp

        var kind: PictureKind {
            switch self {
            case .jpeg: .jpeg
            case .png: .png
            case .gif: .gif
            case .webp: .webp
            }
        }
    }

    @Option(help: ArgumentHelp("Only files that match; may be given several times.", valueName: "pattern"))
    var include: [String] = []

    @Option(help: ArgumentHelp("No files or folders that match; several times.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("Only pictures that are of that kind by content; several times.", valueName: "kind"))
    var type: [Kind] = []

    @Option(help: ArgumentHelp("Only files of so many bytes or more; k, M and G are for 1024s.", valueName: "size"))
    var minSize: ByteCount?

    @Option(help: ArgumentHelp("Only files of so many bytes or fewer.", valueName: "size"))
    var maxSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Symbolic links: skip them, follow them, or follow those to files only.", valueName: "policy"))
    var symlinks = UploadOptions.SymbolicLinks.skip

    /// The filter.
    func filter() throws -> FileFilter {
        var filter = FileFilter()
        filter.included = try include.map { try glob($0, "--include") }
        filter.excluded = try exclude.map { try glob($0, "--exclude") }
        filter.kinds = Set(type.map(\.kind))
        filter.minimumBytes = minSize?.bytes ?? 0
        filter.maximumBytes = maxSize?.bytes ?? .max
        guard filter.minimumBytes <= filter.maximumBytes else {
            throw ValidationError("--min-size is larger than --max-size; no file is both")
        }
        return filter
    }

    private func glob(_ pattern: String, _ option: String) throws -> Glob {
        do {
            return try Glob(pattern)
        } catch {
            throw ValidationError("\(option) \(error)")
        }
    }
}

extension UploadOptions.SymbolicLinks: ExpressibleByArgument {}

/// A number of bytes: `4096`, `64k`, `1.5M`, `2G`, in units of 1024.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        var digits = argument[...]
        var unit = 1.0
        if let last = digits.last, let place = "kmg".firstIndex(of: Character(last.lowercased())) {
            unit =
                [1024, 1024 * 1024, 1024 * 1024 * 1024][
                    "kmg".distance(from: "kmg".startIndex, to: place)]
            digits.removeLast()
        }
        let isPlain = digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard isPlain, let value = Double(digits), value * unit < 1e18 else { return nil }
        bytes = Int(value * unit)
    }
}
