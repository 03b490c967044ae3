import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A ring file: what a killed process had not written to its log.
enum RingLog {
    /// Returns the records that the file stands for, as lines of a log; nil: it is no ring file.
    static func lines(ofFile path: String) throws(LogReadError) -> [UInt8]? {
        // A named pipe is no ring file, and must not lose its first bytes.
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LogReadError(name: path, operation: "open", errorNumber: errno) }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 8)
        guard pread(descriptor, &start, start.count, 0) == start.count, Recovery.isRingFile(start) else { return nil }
        if let process = process(of: descriptor) {
            throw LogReadError(
                name: path, reason: "its process, \(process), is running; read its log, or this file when it has ended")
        }
        do throws(Recovery.Failure) {
            let sink = InMemorySink()
            _ = try Recovery(descriptor).write(to: [sink])
            return sink.contents
        } catch {
            throw LogReadError(name: path, reason: error.description)
        }
    }

    /// Whether a file is a ring file whose process has ended; false where it cannot be read.
    static func isLeft(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 8)
        guard pread(descriptor, &start, start.count, 0) == start.count, Recovery.isRingFile(start) else { return false }
        return process(of: descriptor) == nil
    }

    /// The running process that writes to it.
    private static func process(of descriptor: Int32) -> pid_t? {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_GETLK, &range) == 0 && range.l_type != Int16(F_UNLCK) ? range.l_pid : nil
    }
}
