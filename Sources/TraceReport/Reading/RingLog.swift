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
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        if fcntl(descriptor, F_GETLK, &range) == 0, range.l_type != Int16(F_UNLCK) {
            throw LogReadError(
                name: path,
                reason: "its process, \(range.l_pid), is running; read its log, or this file when it has ended")
        }
        do throws(Recovery.Failure) {
            let sink = InMemorySink()
            _ = try Recovery(descriptor).write(to: [sink])
            return sink.contents
        } catch {
            throw LogReadError(name: path, reason: error.description)
        }
    }
}
