#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Tells the consumers of all processes that there may be something for them: a byte is written to `PATH.bell`, which
/// they watch with inotify(7).
final class QueueBell: Sendable {
    /// Announces each ring, of any process.
    let wakeup = Wakeup()
    private let descriptor: Int32
    private let watch: Int32
    // The thread ends when this socket is closed, whose peer it watches.
    private let end: Int32
    private let watchedEnd: Int32

    /// Opens the file, and starts the thread that watches it.
    init(beside path: String) throws(BrokerError) {
        let file = "\(path).bell"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        watch = inotify_init1(Int32(IN_CLOEXEC))
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        (end, watchedEnd) = (ends[0], ends[1])
        guard descriptor >= 0, watch >= 0, end >= 0, inotify_add_watch(watch, file, UInt32(IN_MODIFY)) >= 0 else {
            let code = errno
            for opened in [descriptor, watch, end, watchedEnd] where opened >= 0 { close(opened) }
            throw BrokerError(
                .refused, "embedded:\(path)",
                "cannot watch '\(file)': \(SystemText.error(code)); let it be written to, or raise fs.inotify.max_user_instances"
            )
        }
        BlockingThread.start { [watch, watchedEnd, wakeup] in Self.watch(watch, watchedEnd, wakeup) }
    }

    deinit {
        close(end)
        close(descriptor)
    }

    /// Wakes the consumers of all processes. Some 2 µs.
    func ring() {
        var byte: UInt8 = 0
        // On a full disk the byte that is there already can still be written; consumers look by themselves, too.
        _ = pwrite(descriptor, &byte, 1, 0)
    }

    /// Runs until the peer of `end` is closed; closes both descriptors then.
    private static func watch(_ watch: Int32, _ end: Int32, _ wakeup: Wakeup) {
        var descriptors = [
            pollfd(fd: watch, events: Int16(POLLIN), revents: 0), pollfd(fd: end, events: Int16(POLLIN), revents: 0),
        ]
        var events = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = poll(&descriptors, nfds_t(descriptors.count), -1)
            if count < 0, errno != EINTR { break }
            if descriptors[1].revents != 0 { break }
            guard count > 0, descriptors[0].revents != 0 else { continue }
            // What the events say is known; reading takes them away.
            _ = read(watch, &events, events.count)
            wakeup.announce()
        }
        close(watch)
        close(end)
    }
}
