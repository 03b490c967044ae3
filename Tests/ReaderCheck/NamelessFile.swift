import Foundation

/// A file that has lost its name already: nothing is left of it, however the process ends.
struct NamelessFile: ~Copyable {
    private let descriptor: Int32

    /// A path that it can be opened by.
    var path: String { "/proc/self/fd/\(descriptor)" }

    init(_ bytes: [UInt8]) {
        var name = Array((NSTemporaryDirectory() + "/reader-check-XXXXXX").utf8CString)
        descriptor = mkstemp(&name)
        precondition(descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count, "mkstemp: \(errno)")
        unlink(name)
    }

    deinit {
        close(descriptor)
    }
}

/// A pipe that holds bytes, and has no writer any more.
struct FilledPipe: ~Copyable {
    private let descriptor: Int32

    /// A path that it can be opened by.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// - Parameter bytes: At most 64 KiB, which a pipe holds.
    init(_ bytes: [UInt8]) {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0 && write(ends[1], bytes, bytes.count) == bytes.count, "pipe: \(errno)")
        close(ends[1])
        descriptor = ends[0]
    }

    deinit {
        close(descriptor)
    }
}
