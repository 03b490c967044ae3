import Foundation

/// What SwiftPM says of a package (`swift package describe --type json`).
struct PackageContents: Decodable {
    struct Target: Decodable {
        let name: String
        let type: String
        let path: String
        let sources: [String]
        let moduleType: String
        let dependencies: [String]
        /// Names of products that it depends on.
        let products: [String]
        let c99name: String

        enum CodingKeys: String, CodingKey {
            case name, type, path, sources, c99name
            case moduleType = "module_type"
            case dependencies = "target_dependencies"
            case products = "product_dependencies"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            type = try values.decode(String.self, forKey: .type)
            path = try values.decode(String.self, forKey: .path)
            sources = try values.decode([String].self, forKey: .sources)
            moduleType = try values.decode(String.self, forKey: .moduleType)
            c99name = try values.decode(String.self, forKey: .c99name)
            dependencies = try values.decodeIfPresent([String].self, forKey: .dependencies) ?? []
            products = try values.decodeIfPresent([String].self, forKey: .products) ?? []
        }
    }

    struct Dependency: Decodable {
        let identity: String
        /// Of one on this machine.
        let path: String?

        /// Whether it is Hoofprint's package.
        func isHoofprint(from folder: URL) -> Bool {
            guard let path else { return identity == "hoofprint" }
            return PackageContents.isHoofprint(URL(fileURLWithPath: path, relativeTo: folder))
        }
    }

    struct Product: Decodable {
        let name: String
        let type: [String: [String]?]
        var isExecutable: Bool { type.keys.contains("executable") }
    }

    let name: String
    let products: [Product]
    let targets: [Target]
    let dependencies: [Dependency]

    /// Asks SwiftPM; the package is resolved in a folder of its own, so that one that runs this is not waited for.
    init(of folder: URL, scratch: URL) throws {
        self = try Command.package(folder, scratch, ["describe", "--type", "json"]).decoded(of: folder)
    }

    /// Whether a folder holds Hoofprint's package.
    static func isHoofprint(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("Sources/HoofprintAutostart").path)
    }

    /// Names of targets that Hoofprint itself is made of, where this is its package: they record, and are not recorded.
    var recorder: Set<String> {
        guard targets.contains(where: { $0.name == "HoofprintAutostart" }) else { return [] }
        var found: Set<String> = ["HoofprintAutostart"]
        while true {
            let more = targets.filter { found.contains($0.name) }.flatMap(\.dependencies)
            guard !found.isSuperset(of: more) else { return found }
            found.formUnion(more)
        }
    }

    /// Those whose functions are wrapped.
    func wrapped(_ options: Options) throws -> [Target] {
        let recorder = recorder
        let possible = targets.filter {
            $0.moduleType == "SwiftTarget" && ["library", "executable"].contains($0.type) && !recorder.contains($0.name)
        }
        for name in options.targets where !possible.contains(where: { $0.name == name }) {
            let names = possible.map(\.name).joined(separator: ", ")
            throw Failure("--target '\(name)': no target of this package that can be wrapped; those are: \(names)")
        }
        return options.targets.isEmpty ? possible : possible.filter { options.targets.contains($0.name) }
    }
}

/// A package with all that it depends on (`swift package show-dependencies --format json`).
struct PackageGraph: Decodable {
    let identity: String
    let path: String
    let dependencies: [PackageGraph]

    /// Asks SwiftPM, which fetches what is missing.
    init(of folder: URL, scratch: URL) throws {
        self = try Command.package(folder, scratch, ["show-dependencies", "--format", "json"]).decoded(of: folder)
    }

    /// Folders of what it depends on, by identity.
    var folders: [String: String] {
        dependencies.reduce(into: [:]) { folders, package in
            folders[package.identity] = package.path
            folders.merge(package.folders) { first, _ in first }
        }
    }

    /// Those of its dependencies that depend on some of these, directly or not.
    func users(of identities: Set<String>) -> Set<String> {
        dependencies.reduce(into: []) { found, package in
            let below = package.users(of: identities)
            let isUser = !below.isEmpty || package.dependencies.contains { identities.contains($0.identity) }
            found.formUnion(isUser ? below.union([package.identity]) : [])
        }
    }
}

extension Command {
    fileprivate static func package(_ folder: URL, _ scratch: URL, _ arguments: [String]) -> Command {
        Command(["swift", "package", "--package-path", folder.path, "--scratch-path", scratch.path] + arguments)
    }

    /// What SwiftPM says of a package as JSON. Throws ``Failure``.
    fileprivate func decoded<Contents: Decodable>(of folder: URL) throws -> Contents {
        let output = try output()
        // Before it stand lines of what is fetched.
        guard let start = output.firstIndex(of: UInt8(ascii: "{")) else {
            throw Failure("'\(folder.path)': SwiftPM says nothing of this package; is there a Package.swift?")
        }
        do {
            return try JSONDecoder().decode(Contents.self, from: output[start...])
        } catch {
            throw Failure("'\(folder.path)': SwiftPM's description of this package is not understood: \(error)")
        }
    }
}
