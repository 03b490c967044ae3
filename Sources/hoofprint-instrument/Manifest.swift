import Foundation

/// How a package's targets come by Hoofprint.
enum RecorderSource {
    /// The package is Hoofprint's own.
    case own
    /// It depends on Hoofprint already, by this identity.
    case dependency(String)
    /// A package with Hoofprint's core alone, in a folder.
    case core(URL)
}

/// A copy's manifest, with Hoofprint as a dependency of the targets that are wrapped.
struct Manifest {
    let source: String
    /// The package's own folder.
    let folder: URL

    /// The manifest for a copy elsewhere.
    func moved() throws -> String { try withDependencies(replacedBy: []) }

    /// The same, with targets that record.
    ///
    /// - Parameter replacements: Folders of packages that stand in for those of the same names.
    func recording(
        targets: [PackageContents.Target], recorder: RecorderSource, startsItself: Bool, replacements: [URL] = []
    ) throws -> String {
        let products = ["Hoofprint"] + (startsItself ? ["HoofprintAutostart"] : [])
        let package = try packageVariable()
        let moved = try withDependencies(replacedBy: replacements)
        guard !targets.isEmpty else { return moved }
        var lines = [moved, "// Added: the targets record."]
        let dependency: (String) -> String
        switch recorder {
        case .own: dependency = { ".target(name: \"\($0)\")" }
        case .dependency(let identity):
            var name = Self.literal(identity)
            if toolsVersion >= Self.kindsVersion {
                // A dependency in a folder may have been given another name.
                lines += [
                    "let recorderNames = \(package).dependencies.compactMap { dependency -> String? in",
                    "    guard case .fileSystem(let name, let path) = dependency.kind else { return nil }",
                    "    return path.split(separator: \"/\").last?.lowercased() == \(name) ? name : nil",
                    "}",
                ]
                name = "recorderNames.first ?? \(name)"
            }
            dependency = { [name] in ".product(name: \"\($0)\", package: \(name))" }
        case .core(let folder):
            lines.append("\(package).dependencies.append(.package(path: \(Self.literal(folder.path))))")
            dependency = { ".product(name: \"\($0)\", package: \"\(folder.lastPathComponent)\")" }
        }
        for product in products {
            let users = targets.filter { !($0.products + $0.dependencies).contains(product) }
            let names = users.map { Self.literal($0.name) }.joined(separator: ", ")
            guard !names.isEmpty else { continue }
            lines.append("for target in \(package).targets where [\(names)].contains(target.name) {")
            lines += ["    target.dependencies.append(\(dependency(product)))", "}"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The name of the variable that holds the package.
    private func packageVariable() throws -> String {
        let pattern =
            /(?:let|var)\s+(\w+)\s*(?::\s*(?:PackageDescription\s*\.\s*)?Package\s*)?=\s*(?:PackageDescription\s*\.\s*)?(?:Package\s*)?(?:\.init\s*)?\(/
        guard let found = source.firstMatch(of: pattern) else {
            throw Failure(
                "'\(folder.path)/Package.swift': no variable with the package in it was found, as in 'let package = Package('"
            )
        }
        return String(found.1)
    }

    /// The manifest with dependencies that are found from a copy elsewhere, some in other places than it says.
    private func withDependencies(replacedBy folders: [URL]) throws -> String {
        let package = try packageVariable()
        guard toolsVersion >= Self.kindsVersion else { return textWithDependencies(replacedBy: folders) }
        var lines = [source, "// Added: what the folder of the package is needed for."]
        lines += relativeDependencies(of: package)
        if !folders.isEmpty { lines += replacing(folders, in: package) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same by changes of the text, for places that stand in it as literals.
    private func textWithDependencies(replacedBy folders: [URL]) -> String {
        let pattern =
            /\.package\s*\(\s*(name:\s*"[^"]*"\s*,\s*)?(url|path):\s*"([^"]*)"\s*(?:,(?:[^()]|\([^()]*\))*)?\)/
        return source.replacing(pattern) { found in
            let (whole, name, label, place) = found.output
            let replacement = folders.first { Self.name(of: $0.path) == Self.name(of: String(place)) }?.path
            let isRelative = label == "path" && !place.hasPrefix("/") && !place.hasPrefix("~")
            guard let path = replacement ?? (isRelative ? "\(folder.path)/\(place)" : nil) else { return String(whole) }
            return ".package(\(name ?? "")path: \(Self.literal(path)))"
        }
    }

    /// What a package in a place is called there.
    private static func name(of place: String) -> String {
        let last = place.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// Dependencies in folders that are named from the package on are to be found from the copy too.
    private func relativeDependencies(of package: String) -> [String] {
        let traits = toolsVersion >= (6, 1) ? ", traits: dependency.traits" : ""
        return [
            "\(package).dependencies = \(package).dependencies.map { dependency in",
            "    guard case .fileSystem(let name, let path) = dependency.kind, !path.hasPrefix(\"/\"), !path.hasPrefix(\"~\") else {",
            "        return dependency",
            "    }",
            "    let place = \(Self.literal(folder.path)) + \"/\" + path",
            "    guard let name else { return .package(path: place\(traits)) }",
            "    return .package(name: name, path: place\(traits))",
            "}",
        ]
    }

    /// Dependencies in other places than the manifest says; these are told by their names.
    private func replacing(_ folders: [URL], in package: String) -> [String] {
        let traits = toolsVersion >= (6, 1) ? ", traits: dependency.traits" : ""
        let paths = folders.map { Self.literal($0.path) }.joined(separator: ", ")
        return [
            "// Added: dependencies that record, too, and those that use them.",
            "\(package).dependencies = \(package).dependencies.map { dependency in",
            "    func named(_ place: String) -> String {",
            "        let last = place.split(separator: \"/\").last.map { $0.lowercased() } ?? \"\"",
            "        return last.hasSuffix(\".git\") ? String(last.dropLast(4)) : last",
            "    }",
            "    var (name, place): (String?, String) = (nil, \"\")",
            "    if case .sourceControl(let given, let location, _) = dependency.kind { (name, place) = (given, location) }",
            "    if case .fileSystem(let given, let path) = dependency.kind { (name, place) = (given, path) }",
            "    guard let folder = [\(paths)].first(where: { named($0) == named(place) }) else { return dependency }",
            "    guard let name else { return .package(path: folder\(traits)) }",
            "    return .package(name: name, path: folder\(traits))",
            "}",
        ]
    }

    /// From which on a manifest can ask what a dependency is.
    private static let kindsVersion = (5, 6)

    /// The first line's.
    private var toolsVersion: (Int, Int) {
        guard let found = source.firstMatch(of: /^\/\/\s*swift-tools-version\s*:\s*(\d+)(?:\.(\d+))?/) else {
            return (3, 0)
        }
        return (Int(found.1) ?? 0, found.2.flatMap { Int($0) } ?? 0)
    }

    private static func literal(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }

    /// The manifest of a package with Hoofprint's core alone: what the wrapped package did not ask for does not come with it.
    static let core = """
        // swift-tools-version: 6.0
        import PackageDescription

        let strict: [SwiftSetting] = [
            .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        ]

        let package = Package(
            name: "hoofprint-core",
            platforms: [.macOS(.v15)],
            products: [
                .library(name: "Hoofprint", targets: ["Hoofprint"]),
                .library(name: "HoofprintAutostart", targets: ["HoofprintAutostart"]),
            ],
            targets: [
                .target(name: "CHoofprint"),
                .target(name: "TraceLog", swiftSettings: strict),
                .target(name: "Hoofprint", dependencies: ["CHoofprint", "TraceLog"], swiftSettings: strict),
                .target(name: "CHoofprintAutostart"),
                .target(
                    name: "HoofprintAutostart", dependencies: ["CHoofprintAutostart", "Hoofprint"], swiftSettings: strict),
            ])

        """
    static let coreTargets = ["CHoofprint", "TraceLog", "Hoofprint", "CHoofprintAutostart", "HoofprintAutostart"]
}
