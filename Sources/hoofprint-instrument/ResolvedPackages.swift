import Foundation

/// What SwiftPM resolved for a package that it built or tried to build (`workspace-state.json` in the build folder).
struct ResolvedPackages: Decodable {
    private struct Dependencies: Decodable {
        let dependencies: [Dependency]
    }

    private struct Dependency: Decodable {
        struct Reference: Decodable {
            let identity: String
            let kind: String
            let location: String
        }
        let packageRef: Reference
        let subpath: String
    }

    private let object: Dependencies

    /// Reads the file of a build folder. nil: nothing was resolved there, or in a form that is not known.
    init?(in folder: URL) {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("workspace-state.json")),
            let read = try? JSONDecoder().decode(ResolvedPackages.self, from: data)
        else { return nil }
        self = read
        checkouts = folder.appendingPathComponent("checkouts")
    }

    private var checkouts = URL(fileURLWithPath: "/")

    private enum CodingKeys: CodingKey { case object }

    /// The identity of Hoofprint's package among them, other than the one of this identity; nil: there is none.
    func hoofprint(otherThan identity: String) -> String? {
        object.dependencies.first { dependency in
            guard dependency.packageRef.identity != identity else { return false }
            let isFolder = dependency.packageRef.kind == "fileSystem"
            return PackageContents.isHoofprint(
                isFolder
                    ? URL(fileURLWithPath: dependency.packageRef.location)
                    : checkouts.appendingPathComponent(dependency.subpath))
        }?.packageRef.identity
    }
}
