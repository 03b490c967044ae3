#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Shows other processes that a member lives: the byte of its number in the file `PATH.members`, locked with an open
/// file description lock (fcntl(2)), which the system unlocks however the process ends.
final class MemberLock: Sendable {
    // F_OFD_GETLK and F_OFD_SETLK of Linux' fcntl.h, which hides them without _GNU_SOURCE.
    private static let ask: Int32 = 36
    private static let set: Int32 = 37
    private let path: String
    private let descriptor: Int32

    /// Opens the file, of which no byte is locked yet.
    init(beside path: String) throws(BrokerError) {
        self.path = path
        descriptor = try Self.open(beside: path)
    }

    /// That a member's byte cannot be locked.
    func failure(_ number: Int64) -> BrokerError {
        BrokerError(
            .refused, "embedded:\(path)",
            "cannot lock byte \(number) of '\(path).members'; its file system must support fcntl(2) locks")
    }

    /// Opens the file of the locks.
    fileprivate static func open(beside path: String) throws(BrokerError) -> Int32 {
        let file = "\(path).members"
        let descriptor = systemOpen(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw BrokerError(
                .refused, "embedded:\(path)",
                "cannot open '\(file)': \(SystemText.error(errno)); give a path in a folder that exists and may be written to"
            )
        }
        return descriptor
    }

    deinit { close(descriptor) }

    /// Locks a member's byte; gives whether nobody else had.
    func lock(_ number: Int64) -> Bool {
        var region = Self.byte(number)
        return fcntl(descriptor, Self.set, &region) == 0
    }

    /// Unlocks a member's byte.
    func unlock(_ number: Int64) {
        var region = Self.byte(number)
        region.l_type = Int16(F_UNLCK)
        // Unlocking an own lock fails on a bad descriptor only.
        _ = fcntl(descriptor, Self.set, &region)
    }

    /// Whether a member of another lock lives. Where the system does not say so it is taken to live; its lease tells.
    func isLocked(_ number: Int64) -> Bool {
        var region = Self.byte(number)
        guard fcntl(descriptor, Self.ask, &region) == 0 else { return true }
        return region.l_type != Int16(F_UNLCK)
    }

    private static func byte(_ number: Int64) -> flock {
        var region = flock()
        region.l_type = Int16(F_WRLCK)
        region.l_whence = Int16(SEEK_SET)
        region.l_start = off_t(number)
        region.l_len = 1
        return region
    }
}

/// Lets one process at a time in: flock(2) on `PATH.members`, which does not meddle with the locks of its bytes.
struct FileDoor {
    private let descriptor: Int32

    /// Waits until others have left.
    init(beside path: String) throws(BrokerError) {
        descriptor = try MemberLock.open(beside: path)
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    /// Lets the next in.
    func leave() { close(descriptor) }
}

/// The system's words.
enum SystemText {
    /// What an error number means.
    static func error(_ code: Int32) -> String {
        // strerror(3) of glibc 2.32 and musl is thread-safe and gives no null pointer.
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

/// open(2), whose name a method hides.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
