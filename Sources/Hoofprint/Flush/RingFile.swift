import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The file that this process's store is kept in, so that what a killed process had not written yet can be read.
///
/// Its name is the prefix's, `.` and the process's number. It is locked (fcntl(2)) while its process lives, and removed
/// when the session ends in order.
struct RingFile: Sendable {
    let path: String
    private let file: OwnDescriptor
    var descriptor: Int32 { file.number }

    /// Makes and locks the file; nil: it cannot be made. That is told on standard error, but for a folder that is missing
    /// beside a log, of which the log's sink tells.
    static func create(_ configuration: HoofprintSystem.Configuration) -> RingFile? {
        guard let prefix = configuration.ringPrefix else { return nil }
        let name = "\(prefix).\(getpid())"
        // The name may be that of a killed process of another container, or of one before the computer started anew.
        for path in [name] + (1...100).map({ "\(name).\($0)" }) {
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if descriptor < 0, errno == EEXIST { continue }
            guard let file = OwnDescriptor(opened: descriptor), lock(file.number, waits: true) else { break }
            return RingFile(path: path, file: file)
        }
        if errno == ENOENT, configuration.ring == .besideLog { return nil }
        Diagnostics.say(
            "cannot make the ring file '\(name)': \(Diagnostics.reason(errno)); a kill -9 loses what was not flushed. "
                + "Name another place with HOOFPRINT_RING=PATH, or switch it off with HOOFPRINT_RING=off")
        return nil
    }

    /// Says that the file's disk, or the process's limit, has no room for it, and removes it.
    func tellNoRoom() {
        Diagnostics.say(
            "no room for the ring file '\(path)': it needs 1 MiB at least; a kill -9 loses what was not flushed. "
                + "Name another place with HOOFPRINT_RING=PATH, or switch it off with HOOFPRINT_RING=off")
        remove()
    }

    /// Removes the file. The store stays: its memory is no one else's.
    func remove() {
        unlink(path)
    }

    /// Writes what the files of killed processes hold to the sinks, and removes those files.
    static func recoverAbandoned(prefix: String, except own: String?, to sinks: [any Sink]) {
        for path in paths(prefix: prefix) where path != own {
            let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            // Only what this user's own processes left, and none that lives.
            guard isOwn(descriptor), lock(descriptor, waits: false) else { continue }
            do throws(Recovery.Failure) {
                let recovery = try Recovery(descriptor)
                if recovery.write(to: sinks) { unlink(path) }
            } catch .isEmpty {
                unlink(path)
            } catch {
                Diagnostics.say("cannot recover from '\(path)': \(error)")
            }
        }
    }

    private static func paths(prefix: String) -> [String] {
        let name = prefix.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? prefix
        let folder = String(prefix.dropLast(name.count))
        guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(stream) }
        var paths: [String] = []
        while let entry = readdir(stream) {
            let found = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let rest = found.dropFirst(name.count + 1)
            let isOurs =
                found.hasPrefix(name + ".") && !rest.isEmpty && rest.allSatisfy { $0 == "." || $0.isWholeNumber }
            if isOurs { paths.append(folder + found) }
        }
        return paths.sorted()
    }

    private static func isOwn(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_uid == geteuid()
            && status.st_nlink > 0
    }

    private static func lock(_ descriptor: Int32, waits: Bool) -> Bool {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, waits ? F_SETLKW : F_SETLK, &range) == 0
    }
}
