import Foundation

/// The public test data beside the checkout, or where the environment variable HOOFPRINT_DATA says.
enum TestData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["HOOFPRINT_DATA"] { return URL(fileURLWithPath: path) }
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return checkout.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()

    static var missing: String { "skipped: there is no test data in \(folder.path); set HOOFPRINT_DATA to its folder" }

    static func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// Names of a folder's files, sorted.
    static func files(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path).sorted()
    }
}
