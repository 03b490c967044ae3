#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// That one process at a time owns a store: a file locked with flock(2), which the system unlocks however the process
/// ends.
final class StoreLock: Sendable {
    private let descriptor: Int32

    /// Locks the store; fails at once if another process, or another object of this one, has it.
    init(folder: String) throws(StoreError) {
        let path = "\(folder)/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError(action: "create", path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw StoreError(
                action: "lock", path: path, code: code,
                detail: code == EWOULDBLOCK ? "another server keeps its pictures in this folder; stop it" : nil)
        }
    }

    deinit { close(descriptor) }
}
