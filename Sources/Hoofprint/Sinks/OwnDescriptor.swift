#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A file descriptor of ours, and the file it was opened for.
///
/// A program may close what it did not open, as daemons do, and the number then is that of a file of its own: nothing of
/// ours may be written there, and it is not ours to close.
struct OwnDescriptor: Sendable, Equatable {
    /// What tells a file from any other that is open.
    struct Identity: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    /// Numbers below are the program's to open and close, 0…2 above all: where one of these is closed, the next open(2)
    /// has it, and what the program prints would land in our file.
    private static let lowestNumber: Int32 = 10

    let number: Int32
    let identity: Identity

    /// Takes over what open(2) answered, at a higher number. Nil: it was none, or the process has no number left; errno says
    /// why.
    init?(opened descriptor: Int32) {
        guard descriptor >= 0 else { return nil }
        guard descriptor < Self.lowestNumber else {
            self.init(descriptor)
            return
        }
        let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, Self.lowestNumber)
        let error = errno
        close(descriptor)
        errno = error
        self.init(moved)
    }

    /// A duplicate of the program's `descriptor`. Nil: it is closed.
    init?(duplicateOf descriptor: Int32) {
        self.init(fcntl(descriptor, F_DUPFD_CLOEXEC, Self.lowestNumber))
    }

    private init?(_ number: Int32) {
        var status = stat()
        guard number >= 0, fstat(number, &status) == 0 else { return nil }
        self.number = number
        identity = Identity(status)
    }

    /// The file's status; nil where the number is not ours any more. Cost: one fstat(2), some 0.2 µs.
    func status() -> stat? {
        var status = stat()
        guard fstat(number, &status) == 0, Identity(status) == identity else { return nil }
        return status
    }

    /// Closes it, if it is still ours.
    func release() {
        if status() != nil { close(number) }
    }
}
