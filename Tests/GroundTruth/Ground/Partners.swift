import Glibc
import Synchronization

/// A thread that holds a mutex for as long as it is asked to.
final class Lender: @unchecked Sendable {
    // Sound: `time` is written before `asked` is posted and read after it was waited for.
    private var time: UInt64 = 0
    private let asked = Semaphore(), held = Semaphore()
    private let mutex = Latch()

    init() {
        _ = Worker { [self] in
            while true {
                asked.wait()
                mutex.lock()
                held.post()
                pause(time)
                mutex.unlock()
            }
        }
    }

    /// Waits for the mutex, which the thread holds for so long.
    func lend(_ nanoseconds: UInt64) {
        time = nanoseconds
        asked.post()
        held.wait()
        mutex.lock()
        mutex.unlock()
    }
}

enum Lenders {
    private static let pool = Pool { Lender() }
    static func take(_ body: (Lender) -> Void) { pool.take(body) }
}

/// A peer on a TCP connection who answers late.
final class Peer: Sendable {
    private let connection: Int32

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) | listen(listener, 1) | getsockname(listener, address, &size)
                    | connect(connection, address, size)
            }
        }
        let answerer = accept(listener, nil, nil)
        guard status == 0, answerer >= 0 else { fail("cannot connect to a socket of its own: errno \(errno)") }
        close(listener)
        self.connection = connection
        _ = Worker {
            var time: UInt64 = 0
            while read(answerer, &time, 8) == 8 {
                pause(time)
                _ = write(answerer, &time, 8)
            }
        }
    }

    /// Asks for an answer after so long, and waits for it.
    func ask(_ nanoseconds: UInt64) {
        var time = nanoseconds
        guard write(connection, &time, 8) == 8, recv(connection, &time, 8, 0) == 8 else {
            fail("the peer does not answer: errno \(errno)")
        }
    }
}

enum Peers {
    private static let pool = Pool { Peer() }
    static func take(_ body: (Peer) -> Void) { pool.take(body) }
}

/// A file in the current folder.
final class ScratchFile: Sendable {
    private let descriptor: Int32
    private static let block = [UInt8](repeating: 0x5a, count: 16_384)
    private static let made = Atomic<Int>(0)

    init() {
        let number = Self.made.add(1, ordering: .relaxed).newValue
        descriptor = open("scratch.\(number)", O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { fail("cannot open a file in the current folder: errno \(errno)") }
    }

    /// Writes a block and waits until it is on the disk.
    func rewrite() {
        guard pwrite(descriptor, Self.block, Self.block.count, 0) == Self.block.count, fdatasync(descriptor) == 0 else {
            fail("cannot write to a file in the current folder: errno \(errno)")
        }
    }
}

enum ScratchFiles {
    private static let pool = Pool { ScratchFile() }
    static func take(_ body: (ScratchFile) -> Void) { pool.take(body) }
}
