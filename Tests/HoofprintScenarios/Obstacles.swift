import Foundation
import Synchronization

/// What threads can wait for, each until it is removed.
final class Obstacles: @unchecked Sendable {
    // Sound: the descriptors and the lock do not change after the initialiser, and are made for many threads.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let pipe: (read: Int32, write: Int32)
    private let polled: (read: Int32, write: Int32)
    private let sockets: (near: Int32, far: Int32)
    private let child: pid_t
    private let childInput: Int32
    private let isOver = Atomic(false)

    init() {
        pthread_mutex_init(lock, nil)
        pthread_mutex_lock(lock)
        pipe = Self.makePipe()
        polled = Self.makePipe()
        var ends: [Int32] = [0, 0]
        let status = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        guard status == 0 else { fatalError("socketpair: \(errno)") }
        sockets = (ends[0], ends[1])
        // Reads standard input, which is our pipe, until its end.
        let input = Self.makePipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, input.read, STDIN_FILENO)
        var identifier: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("cat"), nil]
        let spawned = posix_spawn(&identifier, "/bin/cat", &actions, nil, arguments, nil)
        guard spawned == 0 else { fatalError("posix_spawn: \(spawned)") }
        close(input.read)
        childInput = input.write
        child = identifier
    }

    var areGone: Bool { isOver.load(ordering: .relaxed) }

    /// Called by the thread that made the obstacles.
    func remove() {
        isOver.store(true, ordering: .relaxed)
        pthread_mutex_unlock(lock)
        for descriptor in [pipe.write, polled.write, sockets.far, childInput] { close(descriptor) }
    }

    func takeLock() {
        pthread_mutex_lock(lock)
        pthread_mutex_unlock(lock)
    }

    func readPipe() {
        var byte: UInt8 = 0
        _ = read(pipe.read, &byte, 1)
    }

    func receive() {
        var byte: UInt8 = 0
        _ = recv(sockets.near, &byte, 1, 0)
    }

    func pollPipe() {
        var waiting = pollfd(fd: polled.read, events: Int16(POLLIN), revents: 0)
        // A signal ends the call, also one whose handler restarts others (signal(7)).
        while poll(&waiting, 1, -1) < 0, errno == EINTR {}
    }

    func awaitChild() {
        var status: Int32 = 0
        waitpid(child, &status, 0)
    }

    private static func makePipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { fatalError("pipe: \(errno)") }
        // What the child kept open would never come to its end here.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
