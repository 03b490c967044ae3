import Foundation
import Synchronization

/// A connection to carbon, which takes lines and answers nothing. But for ``isOpen`` and ``hurry()``, calls block.
final class CarbonConnection: Sendable {
    private let address: CarbonAddress
    private let descriptor: Int32
    private let isHurried = Atomic(false)

    /// How long nothing may move before the connection is given up, in milliseconds; and when there is hurry. Carbon reads
    /// nothing while it makes files for many new metrics.
    private static let patience: Int64 = 120_000
    private static let haste: Int64 = 3_000
    /// How long an address may take to answer, in milliseconds.
    private static let connectTime: Int64 = 5_000

    /// Connects to the first of the host's addresses that takes it.
    init(_ address: CarbonAddress) throws(CarbonError) {
        self.address = address
        descriptor = try Self.open(address)
    }

    deinit { close(descriptor) }

    /// Lets calls that block give up after seconds.
    func hurry() { isHurried.store(true, ordering: .relaxed) }

    /// Whether carbon has not ended the connection, as far as this host knows.
    var isOpen: Bool {
        // What it says does not matter, nothing being asked.
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// Hands lines to the system; carbon may not have read them yet.
    func write(_ bytes: [UInt8]) throws(CarbonError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                try wait(Int16(POLLOUT))
            } else if errno != EINTR {
                throw CarbonError(address, Self.text(errno))
            }
        }
    }

    /// Says that nothing more comes, and waits until carbon has read all and ends the connection, too.
    func finish() throws(CarbonError) {
        shutdown(descriptor, Int32(SHUT_WR))
        while true {
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
            if count == 0 { return }
            if count < 0, errno == EAGAIN {
                try wait(Int16(POLLIN))
            } else if count < 0, errno != EINTR {
                throw CarbonError(address, Self.text(errno))
            }
        }
    }

    /// Waits until the connection can be read or written.
    private func wait(_ events: Int16) throws(CarbonError) {
        let begin = ContinuousClock.now
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        while poll(&entry, 1, 200) <= 0 {
            let limit = isHurried.load(ordering: .relaxed) ? Self.haste : Self.patience
            guard ContinuousClock.now - begin < .milliseconds(limit) else {
                throw CarbonError(address, "it has read nothing for \(limit / 1_000) seconds")
            }
        }
    }

    // MARK: Connecting

    /// By number: the compiler sees names of sockets' kinds or not, as it reads the headers of others first or not. Linux
    /// takes the flags of open(2) for those of socket(2), whose values they are.
    private static let tcp: Int32 = 6

    private static func open(_ address: CarbonAddress) throws(CarbonError) -> Int32 {
        var hints = addrinfo()
        hints.ai_protocol = tcp
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, "\(address.port)", &hints, &list)
        guard code == 0 else { throw CarbonError(address, String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var reason = "the name has no address"
        var next = list
        while let entry = next {
            do throws(CarbonError) {
                return try open(entry.pointee, address)
            } catch {
                reason = error.reason
            }
            next = entry.pointee.ai_next
        }
        throw CarbonError(address, reason)
    }

    private static func open(_ entry: addrinfo, _ address: CarbonAddress) throws(CarbonError) -> Int32 {
        let descriptor = socket(entry.ai_family, entry.ai_socktype | O_CLOEXEC | O_NONBLOCK, entry.ai_protocol)
        guard descriptor >= 0 else { throw CarbonError(address, text(errno)) }
        watch(descriptor)
        var failure: Int32 = 0
        if connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 {
            failure = errno
            if failure == EINPROGRESS || failure == EINTR { failure = outcome(of: descriptor) }
        }
        guard failure == 0 else {
            close(descriptor)
            throw CarbonError(address, text(failure))
        }
        return descriptor
    }

    /// How connecting went, as an error's number; 0: well.
    private static func outcome(of descriptor: Int32) -> Int32 {
        let end = ContinuousClock.now + .milliseconds(connectTime)
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while poll(&entry, 1, 200) <= 0 {
            if ContinuousClock.now >= end { return ETIMEDOUT }
        }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    /// Has the system notice a host that is gone, whether something is on the way to it (tcp(7), TCP_USER_TIMEOUT) or
    /// not.
    private static func watch(_ descriptor: Int32) {
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            // Where the system has no such option a gone host is noticed later.
            _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, Int32(patience))
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Carbon cannot be reached, or does not take what it is sent.
package struct CarbonError: Error, Sendable, CustomStringConvertible {
    /// Where it should be.
    package let address: CarbonAddress
    /// What is wrong.
    package let reason: String

    init(_ address: CarbonAddress, _ reason: String) {
        self.address = address
        self.reason = reason
    }

    /// Where it should be, what is wrong, and what to do.
    package var description: String {
        "carbon at \(address): \(reason); start carbon-cache there, or give the address of its LINE_RECEIVER"
    }
}
