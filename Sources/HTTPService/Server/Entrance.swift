import NIOCore
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The socket that connections come to: shut before the server stops, so that none comes that nobody serves.
///
/// A listening socket that is closed resets the connections that the system has made and the server has not taken yet. So
/// first the system is told to make none: a filter throws away what comes to the socket (socket(7), SO_ATTACH_FILTER).
/// Clients who try meanwhile try again after a second, as they do for any packet that is lost, and find nobody, or the next
/// server. What was made is taken in a moment, and its first request has come before idle connections are closed.
final class Entrance: Service {
    /// Long enough for a busy machine to take what has come.
    private static let moment = Duration.milliseconds(250)

    private let socket = Mutex<(any Channel)?>(nil)

    /// Connections come to this socket.
    func open(_ channel: any Channel) { socket.withLock { $0 = channel } }

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            return  // Another service failed, and the server ends without being told.
        }
        guard let channel = socket.withLock({ $0 }) else { return }
        try await channel.eventLoop.flatSubmit { Self.refuse(channel) }.get()
        // Ended early by cancellation alone: all is to end at once.
        try? await Task.sleep(for: Self.moment)
    }

    private static func refuse(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        // Where the system refuses it, the socket is closed as any other.
        return options.unsafeSetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_ATTACH_FILTER), value: Filter()
        ).recover { _ in }
    }

    /// `struct sock_fprog` of linux/filter.h.
    private struct Filter: Sendable {
        let count: UInt16 = 1
        /// The instructions' address. They are the same for all, and stay.
        let instructions = Filter.throwAway

        private static let throwAway: UInt = {
            let instructions = UnsafeMutablePointer<Instruction>.allocate(capacity: 1)
            instructions.initialize(to: Instruction())
            return UInt(bitPattern: instructions)
        }()
    }

    /// `struct sock_filter`: `BPF_RET | BPF_K`, no byte is kept.
    private struct Instruction {
        let code: UInt16 = 0x06
        let ifTrue: UInt8 = 0
        let ifFalse: UInt8 = 0
        let value: UInt32 = 0
    }
}
