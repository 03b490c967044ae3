#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's own TCP sockets by state, with what stands in their queues: what `netstat -tp` shows, counted.
///
/// Each open descriptor is asked for TCP_INFO (tcp(7), `tcp_get_info` in the kernel's net/ipv4/tcp.c) and its queues
/// (SIOCINQ and SIOCOUTQ). `/proc/net/tcp` has the same, at the price of a walk through the machine's whole table, 3 ms where
/// that has 262,144 places, and shows other processes' sockets too. Some 0.1 µs a descriptor and 0.4 to 1 µs a TCP socket, at
/// most ``maximumDescriptors`` of them.
///
/// Sockets that the process has closed already are nobody's any more, so there is no `time_wait`.
public struct SocketProbe: Probe {
    /// `sockets`.
    public let name = "sockets"

    /// Descriptors whose number is not below this are only counted, as `unread`.
    public static let maximumDescriptors = OpenDescriptors.maximum

    /// The states of include/net/tcp_states.h, from 1 on. 6, TCP_TIME_WAIT, and 12, TCP_NEW_SYN_RECV, have no descriptor.
    private static let states = [
        "established", "syn_sent", "syn_received", "fin_wait1", "fin_wait2", "", "closed", "close_wait", "last_ack",
        "listen", "closing",
    ]
    private static let listening = 10

    /// Makes the probe.
    public init() {}

    /// Reads how many TCP sockets are `established`, `syn_sent`, `syn_received`, `fin_wait1`, `fin_wait2`, `closed` (or never
    /// connected), `close_wait`, `last_ack`, `listen` and `closing`; the `receive_queue_bytes` that the program has not read
    /// and the `send_queue_bytes` that the other sides have not acknowledged; the connections in the `accept_queue` and
    /// the `accept_queue_limit`, over all listening sockets; and, from Linux 6.2 on, how many descriptors are
    /// `unread`: open, and not looked at.
    public func read() -> [ProbeCounter] {
        var sums = Sums()
        let unread = OpenDescriptors.forEach { sums.add($0) }
        var counters: [ProbeCounter] = []
        counters.reserveCapacity(16)
        for (state, name) in Self.states.enumerated() where !name.isEmpty {
            counters.append(ProbeCounter(name: name, value: sums.sockets[state + 1]))
        }
        return counters + [
            ProbeCounter(name: "receive_queue_bytes", value: sums.receiveQueueBytes),
            ProbeCounter(name: "send_queue_bytes", value: sums.sendQueueBytes),
            ProbeCounter(name: "accept_queue", value: sums.acceptQueue),
            ProbeCounter(name: "accept_queue_limit", value: sums.acceptQueueLimit),
        ] + (unread.map { [ProbeCounter(name: "unread", value: $0)] } ?? [])
    }

    private struct Sums {
        var sockets = [UInt64](repeating: 0, count: SocketProbe.states.count + 1)
        var receiveQueueBytes: UInt64 = 0
        var sendQueueBytes: UInt64 = 0
        var acceptQueue: UInt64 = 0
        var acceptQueueLimit: UInt64 = 0

        /// Only reads: where the program closes the descriptor meanwhile, and opens it as another, that one is asked.
        /// Returns whether the descriptor is open.
        mutating func add(_ descriptor: Int32) -> Bool {
            guard let info = Information(descriptor) else { return errno != EBADF }
            guard sockets.indices.contains(info.state) else { return true }
            sockets[info.state] += 1
            if info.state == SocketProbe.listening {
                // The kernel gives a listening socket's queue in these two fields.
                acceptQueue += info.unacknowledged
                acceptQueueLimit += info.selectivelyAcknowledged
            } else {
                // FIONREAD and TIOCOUTQ are SIOCINQ and SIOCOUTQ (linux/sockios.h).
                receiveQueueBytes += Self.bytes(UInt(FIONREAD), descriptor)
                sendQueueBytes += Self.bytes(UInt(TIOCOUTQ), descriptor)
            }
            return true
        }

        private static func bytes(_ request: UInt, _ descriptor: Int32) -> UInt64 {
            var count: Int32 = 0
            return ioctl(descriptor, request, &count) == 0 ? UInt64(max(0, count)) : 0
        }
    }

    /// The first bytes of `struct tcp_info` (linux/tcp.h), whose layout is the kernel's word to programs.
    private struct Information {
        let state: Int
        let unacknowledged: UInt64
        let selectivelyAcknowledged: UInt64

        /// Nil: the descriptor is no TCP socket.
        init?(_ descriptor: Int32) {
            // Eight fields of one byte, then numbers of four: tcpi_unacked is the fifth of them, tcpi_sacked the sixth.
            var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            let size = MemoryLayout.size(ofValue: words)
            var length = socklen_t(size)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), Int32(TCP_INFO), &words, &length) == 0,
                length == socklen_t(size)
            else { return nil }
            (state, unacknowledged, selectivelyAcknowledged) = withUnsafeBytes(of: words) { bytes in
                (
                    Int(bytes[0]), UInt64(bytes.load(fromByteOffset: 24, as: UInt32.self)),
                    UInt64(bytes.load(fromByteOffset: 28, as: UInt32.self))
                )
            }
        }
    }
}
