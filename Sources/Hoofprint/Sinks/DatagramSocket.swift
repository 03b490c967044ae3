#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A datagram socket that is connected to a log daemon's socket on this machine.
///
/// One descriptor for as long as it lives: where the daemon was restarted it is connected anew, not opened anew, so that a
/// crash may be written to it at any time.
struct DatagramSocket: ~Copyable {
    /// The daemon, as messages name it.
    private let daemon: String
    /// The daemon's socket.
    private let path: String
    private var own: OwnDescriptor?
    private var isConnected = false
    private var isFailureTold = false
    private var patience = FlushPatience()

    /// The socket's number; nil before it was opened.
    var descriptor: Int32? { own?.number }

    init(daemon: String, path: String) {
        self.daemon = daemon
        self.path = path
    }

    deinit {
        own?.release()
    }

    /// Begins a flush: connects where there is no connection, and returns whether there is one now after there was none.
    mutating func prepare() -> Bool {
        patience = FlushPatience()
        if own != nil, own?.status() == nil {
            // The program has closed it; what has its number now is the program's.
            own = nil
            isConnected = false
        }
        return isConnected ? false : connectAnew()
    }

    /// Sends each line of `lines` as one datagram that begins with `prefix`, up to the first that is not taken, and returns
    /// how many bytes of `lines` were taken.
    ///
    /// Where the daemon's queue is full it is waited for, in all at most 750 ms a flush. A daemon that was restarted is
    /// connected to once more.
    ///
    /// - Parameter isEnded: Whether a datagram ends in its line's line feed.
    mutating func send(_ lines: UnsafeRawBufferPointer, prefix: [UInt8], isEnded: Bool) -> Int {
        var taken = 0
        while isConnected, let number = descriptor, taken < lines.count {
            let rest = lines[taken...]
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? lines.count - 1
            let line = UnsafeRawBufferPointer(rebasing: isEnded ? rest[...end] : rest[..<end])
            guard send(prefix, line, to: number) else { break }
            taken = end + 1
        }
        return taken
    }

    private mutating func send(_ prefix: [UInt8], _ line: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var hasWaited = false
        var hasReconnected = false
        while Self.sendOnce(prefix, line, to: descriptor) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN:
                guard patience.waitForRoom(descriptor), !hasWaited || patience.nap() else { return false }
                hasWaited = true
            case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE:
                // The daemon is gone; most likely another has its place.
                guard !hasReconnected, connectAnew() else {
                    isConnected = false
                    return false
                }
                hasReconnected = true
            default: return false
            }
        }
        return true
    }

    private static func sendOnce(
        _ prefix: [UInt8], _ line: UnsafeRawBufferPointer, to descriptor: Int32
    ) -> Int {
        prefix.withUnsafeBytes { prefix in
            let parts = [prefix, line].map {
                iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
            }
            return parts.withUnsafeBufferPointer { parts in
                var message = msghdr()
                message.msg_iov = UnsafeMutablePointer(mutating: parts.baseAddress)
                message.msg_iovlen = .init(parts.count)
                return sendmsg(descriptor, &message, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// Connects to what is at the path now. A failure is told once, until it succeeds.
    private mutating func connectAnew() -> Bool {
        if own == nil { own = OwnDescriptor(opened: Self.open()) }
        isConnected = own.map { Self.connect($0.number, to: path) } ?? false
        if isConnected {
            isFailureTold = false
        } else if !isFailureTold {
            let reason = Diagnostics.reason(errno)
            isFailureTold = true
            Diagnostics.say(
                "cannot reach \(daemon) at '\(path)': \(reason); records are lost until it can be reached: start it, or "
                    + "name another sink with HOOFPRINT_SINK")
        }
        return isConnected
    }

    private static func open() -> Int32 {
        #if canImport(Glibc)
        socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
        socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
        #endif
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isShortEnough = withUnsafeMutableBytes(of: &address.sun_path) { room in
            // Its last byte stays 0.
            guard path.utf8.count < room.count else { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard isShortEnough else {
            errno = ENAMETOOLONG
            return false
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                #else
                Musl.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                #endif
            }
        }
    }
}
