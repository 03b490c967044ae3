import Foundation
import Synchronization
import TestSupport
import WallClock

@testable import REDStats

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Listens at a port of all addresses of this machine, IPv4 and IPv6, hangs up on all that connect, and counts them.
final class ConnectionCounter: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let counted = Mutex(0)

    init() throws {
        descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var off: Int32 = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw ServerProcess.Failure("cannot listen: error \(errno)") }
        port = UInt16(bigEndian: address.sin6_port)
    }

    deinit { close(descriptor) }

    /// How many have connected: the kernel has their connections as soon as they think so.
    var count: Int {
        counted.withLock { counted in
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                close(connection)
                counted += 1
            }
            return counted
        }
    }

    var hostName: String { ProcessInfo.processInfo.hostName }
}

/// JSON of texts.
enum JSONStrings {
    static func object(_ texts: [String: String]) -> Data {
        // Texts always can be written.
        (try? JSONEncoder().encode(texts)) ?? Data()
    }
}

extension Alert {
    /// One that is in no store.
    static func sample(
        of subscription: Subscription, sequence: Int64 = 1, client: String? = nil, image: String = "image"
    ) -> Alert {
        Alert(
            sequence: sequence, subscription: subscription.id, client: client ?? subscription.client, above: 0,
            event: "event", source: "red/test", time: Timestamp(milliseconds: 0), red: 123_400, image: image,
            traceParent: nil, made: Timestamp(milliseconds: 1_000), state: .pending, attempts: 0, nextAttempt: nil,
            delivered: nil)
    }
}
