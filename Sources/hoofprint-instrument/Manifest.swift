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
    func moved() throws -> String {
        ([source, "// Added: what the folder of the package is needed for."]
            + relativeDependencies(of: try packageVariable()))
            .joined(separator: "\n") + "\n"
    }

    /// The same, with targets that record.
    ///
    /// - Parameter replacements: Folders of packages that stand in for those of the same names.
    func recording(
        targets: [String], recorder: RecorderSource, startsItself: Bool, replacements: [URL] = []
    ) throws -> String {
        let products = ["Hoofprint"] + (startsItself ? ["HoofprintAutostart"] : [])
        let package = try packageVariable()
        var lines = [try moved()]
        if !replacements.isEmpty { lines += replacing(replacements, in: package) }
        lines.append("// Added: the targets record.")
        let dependencies: [String]
        switch recorder {
        case .own: dependencies = products.map { ".target(name: \"\($0)\")" }
        case .dependency(let identity):
            // A dependency in a folder may have been given another name.
            lines += [
                "let recorderNames = \(package).dependencies.compactMap { dependency -> String? in",
                "    guard case .fileSystem(let name, let path) = dependency.kind else { return nil }",
                "    return path.split(separator: \"/\").last?.lowercased() == \(Self.literal(identity)) ? name : nil",
                "}",
            ]
            dependencies = products.map {
                ".product(name: \"\($0)\", package: recorderNames.first ?? \(Self.literal(identity)))"
            }
        case .core(let folder):
            lines.append("\(package).dependencies.append(.package(path: \(Self.literal(folder.path))))")
            dependencies = products.map { ".product(name: \"\($0)\", package: \"\(folder.lastPathComponent)\")" }
        }
        let names = targets.map(Self.literal).joined(separator: ", ")
        lines.append("for target in \(package).targets where [\(names)].contains(target.name) {")
        lines += dependencies.map { "    target.dependencies.append(\($0))" }
        lines += ["}", ""]
        return lines.joined(separator: "\n")
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

    /// Dependencies in other places than the manifest says; SwiftPM prefers those that a package names in a folder, also where
    /// others depend on them.
    private func replacing(_ folders: [URL], in package: String) -> [String] {
        let traits = toolsVersion >= (6, 1) ? ", traits: dependency.traits" : ""
        let paths = folders.map { Self.literal($0.path) }.joined(separator: ", ")
        return [
            "// Added: dependencies that record, too.",
            "var recordedFolders = [\(paths)]",
            "\(package).dependencies = \(package).dependencies.map { dependency in",
            "    func named(_ place: String) -> String {",
            "        let last = place.split(separator: \"/\").last.map { $0.lowercased() } ?? \"\"",
            "        return last.hasSuffix(\".git\") ? String(last.dropLast(4)) : last",
            "    }",
            "    var (name, place): (String?, String) = (nil, \"\")",
            "    if case .sourceControl(let given, let location, _) = dependency.kind { (name, place) = (given, location) }",
            "    if case .fileSystem(let given, let path) = dependency.kind { (name, place) = (given, path) }",
            "    guard let index = recordedFolders.firstIndex(where: { named($0) == named(place) }) else { return dependency }",
            "    let folder = recordedFolders.remove(at: index)",
            "    guard let name else { return .package(path: folder\(traits)) }",
            "    return .package(name: name, path: folder\(traits))",
            "}",
            "\(package).dependencies += recordedFolders.map { .package(path: $0) }",
        ]
    }

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
