import Foundation
import Synchronization
import TestSupport

@testable import ImageUpload

/// A temporary folder with files in it, removed with its last reference.
final class PictureFolder: Sendable {
    static let jpegStart: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    var path: String { folder.url.path }
    var filePath: FilePath { FilePath(path) }

    func add(_ name: String, _ content: [UInt8]) throws {
        try add(Array(name.utf8), content)
    }

    /// Adds a file under a name of any bytes; directories on the way to it are made.
    func add(_ name: [UInt8], _ content: [UInt8]) throws {
        if let slash = name.lastIndex(of: UInt8(ascii: "/")) {
            let directory = "\(path)/\(String(decoding: name[..<slash], as: UTF8.self))"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }
        let full = filePath.appending(name)
        let descriptor = full.withSystemPath { open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o644) }
        guard descriptor >= 0 else { throw SystemFailure.last }
        defer { close(descriptor) }
        guard content.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == content.count else {
            throw SystemFailure.last
        }
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// A JPEG's first bytes and then `count` others, the same for the same seed.
    static func picture(_ seed: Int, count: Int) -> [UInt8] {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        return jpegStart
            + (0..<count).map { _ in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return UInt8(truncatingIfNeeded: state)
            }
    }
}

/// The events of an upload, in the order they came.
final class EventList: Sendable {
    private let events = Mutex<[UploadEvent]>([])

    func append(_ event: UploadEvent) { events.withLock { $0.append(event) } }

    /// How many milliseconds were waited before each further attempt.
    var waits: [Int] {
        events.withLock { $0 }.compactMap { event in
            if case .retried(_, let wait, _) = event { wait } else { nil }
        }
    }

    /// How many bytes were handed to a connection at a time.
    var sent: [Int] {
        events.withLock { $0 }.compactMap { event in
            if case .sent(let bytes) = event { bytes } else { nil }
        }
    }

    var skipped: [String: SkipReason] {
        let pairs = events.withLock { $0 }.compactMap { event in
            if case .skipped(let path, let reason) = event { (path.nameText, reason) } else { nil }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension FilePath {
    var nameText: String { PrintableText.escape(name) }
}

/// Uploads a folder.
func upload(
    _ folder: PictureFolder, to url: String, events: EventList = EventList(),
    _ change: (inout UploadOptions) -> Void = { _ in }
) async throws -> UploadSummary {
    var options = UploadOptions()
    change(&options)
    return try await ImageUploader(target: try UploadTarget(url: url), options: options)
        .run(folder: folder.filePath) { events.append($0) }
}
