#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Wakes a thread that waits, also one that waits for a socket at the same time.
final class ThreadSignal: Sendable {
    private let sender: Int32
    private let receiver: Int32

    /// A pair of sockets.
    init() {
        var ends: [Int32] = [-1, -1]
        let code = socketpair(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
        // Without descriptors a thread that waits wakes after its time limit only.
        (sender, receiver) = code == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        close(sender)
        close(receiver)
    }

    /// Wakes the thread, now or when it next waits.
    func signal() {
        var byte: UInt8 = 0
        // A full socket has woken the thread already.
        _ = send(sender, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    /// Waits for a signal, or until `descriptor` can be read.
    func wait(for descriptor: Int32 = -1, milliseconds: Int32) {
        var descriptors = [
            pollfd(fd: receiver, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0, descriptors[0].revents != 0 else {
            return
        }
        var bytes = [UInt8](repeating: 0, count: 256)
        _ = recv(receiver, &bytes, bytes.count, 0)
    }

    /// Waits for a time, or a signal.
    func pause(_ time: Duration) {
        let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        wait(milliseconds: Int32(clamping: milliseconds))
    }
}
