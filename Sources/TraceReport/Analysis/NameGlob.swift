/// A pattern for names: `*` stands for any text, `?` for one character, all else for itself.
struct NameGlob: Equatable {
    private let pattern: [Unicode.Scalar]

    init(_ pattern: String) {
        self.pattern = Array(pattern.unicodeScalars)
    }

    /// Whether the whole of a name fits. Takes time in proportion to the lengths of both, multiplied.
    func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        var (at, inPattern) = (0, 0)
        // Where to go on when what follows the last `*` does not fit: the `*` takes one more.
        var retry: (at: Int, inPattern: Int)?
        while at < name.count {
            if inPattern < pattern.count, pattern[inPattern] == "*" {
                retry = (at, inPattern)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == "?" || pattern[inPattern] == name[at] {
                at += 1
                inPattern += 1
            } else if let last = retry {
                retry = (last.at + 1, last.inPattern)
                (at, inPattern) = (last.at + 1, last.inPattern + 1)
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == "*" }
    }
}

extension FunctionPlace {
    /// Whether the span's name or the function's fits.
    func matches(_ glob: NameGlob) -> Bool { glob.matches(name) || glob.matches(function) }
}
