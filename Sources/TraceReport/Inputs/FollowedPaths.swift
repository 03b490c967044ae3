/// The paths that are followed: what is named, and what stands in its place at the time.
struct FollowedPaths {
    private let named: [String]

    init(_ named: [String]) {
        self.named = named
    }

    /// A path where there is something.
    struct Place {
        let path: String
        let kind: FileKind
        /// Whether it is named itself, and not by a folder or a pattern.
        let isNamed: Bool
    }

    /// What was found.
    struct Places {
        var found: [Place] = []
        /// What is named and not there, or holds nothing.
        var missing: [String] = []
    }

    /// Looks for what is there now. Takes a call of the system for each file, and reads folders.
    func look() -> Places {
        var places = Places()
        for path in named where path != "-" {
            let before = places.found.count
            if let kind = FileKind(path) {
                if kind.isFolder {
                    // One that cannot be read holds nothing.
                    let members = (try? FolderListing.paths(in: path)) ?? []
                    places.add(members)
                } else {
                    places.found.append(Place(path: path, kind: kind, isNamed: true))
                }
            } else {
                places.add(FolderListing.paths(matching: path))
            }
            if places.found.count == before { places.missing.append(path) }
        }
        return places
    }
}

extension FollowedPaths.Places {
    fileprivate mutating func add(_ paths: [String]) {
        for path in paths {
            guard let kind = FileKind(path), kind.isRegular else { continue }
            found.append(FollowedPaths.Place(path: path, kind: kind, isNamed: false))
        }
    }
}
