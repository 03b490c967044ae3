import Foundation

/// Copies a folder, and brings an older copy up to date: what is the same already is not touched, so that builds stay
/// incremental.
struct FileTree {
    let source: URL
    let copy: URL

    /// Whether something in a folder is not copied: of version control, and of what builds and editors leave. SwiftPM's own
    /// settings for a package, its mirrors and registries, are.
    private static func isLeftOut(_ name: String, of folder: String) -> Bool {
        switch folder {
        case "": name == ".git" || name.hasPrefix(".build")
        case ".swiftpm": name != "configuration"
        default: name == ".build"
        }
    }

    /// What a file of the copy is to hold.
    enum Contents {
        /// What the file holds.
        case same
        case other([UInt8])
        /// What the copy has already; what the file holds where there is none.
        case any
    }

    /// - Parameter contents: Of a file, by its path from the folder on.
    func update(contents: (String) throws -> Contents) throws {
        try update("", contents)
    }

    private func update(_ folder: String, _ contents: (String) throws -> Contents) throws {
        let files = FileManager.default
        let from = source.appendingPathComponent(folder), to = copy.appendingPathComponent(folder)
        try files.createDirectory(at: to, withIntermediateDirectories: true)
        let names = try files.contentsOfDirectory(atPath: from.path).filter { !Self.isLeftOut($0, of: folder) }
        for name in names {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            let attributes = try files.attributesOfItem(atPath: from.appendingPathComponent(name).path)
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory?:
                try update(path, contents)
            case .typeSymbolicLink?:
                try link(path)
            case .typeRegular?:
                let permissions = attributes[.posixPermissions] as? Int ?? 0o644
                try write(try contents(path), permissions, path)
            default: break  // sockets, pipes
            }
        }
        let kept = Set(names)
        for name in try files.contentsOfDirectory(atPath: to.path)
        where !kept.contains(name) && !Self.isLeftOut(name, of: folder) {
            try files.removeItem(at: to.appendingPathComponent(name))
        }
    }

    /// A link that leads out of the folder leads to the same place from the copy.
    private func link(_ path: String) throws {
        let files = FileManager.default
        let from = source.appendingPathComponent(path), to = copy.appendingPathComponent(path)
        var destination = try files.destinationOfSymbolicLink(atPath: from.path)
        let target = URL(fileURLWithPath: destination, relativeTo: from.deletingLastPathComponent()).standardizedFileURL
            .path
        if !target.hasPrefix(source.standardizedFileURL.path + "/") { destination = target }
        if (try? files.destinationOfSymbolicLink(atPath: to.path)) == destination { return }
        if (try? files.attributesOfItem(atPath: to.path)) != nil { try files.removeItem(at: to) }
        try files.createSymbolicLink(atPath: to.path, withDestinationPath: destination)
    }

    private func write(_ contents: Contents, _ permissions: Int, _ path: String) throws {
        let to = copy.appendingPathComponent(path)
        let isThere = (try? FileManager.default.attributesOfItem(atPath: to.path)) != nil
        let data: Data
        switch contents {
        case .any where isThere: return
        case .other(let bytes): data = Data(bytes)
        case .same, .any: data = try Data(contentsOf: source.appendingPathComponent(path), options: .mappedIfSafe)
        }
        guard !isThere || (try? Data(contentsOf: to, options: .mappedIfSafe)) != data else { return }
        if isThere { try FileManager.default.removeItem(at: to) }
        try data.write(to: to)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: to.path)
    }
}
