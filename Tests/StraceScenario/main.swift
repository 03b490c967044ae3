// What the tests of --strace run under strace: spans that wait in one known system call each. Says on standard output how long
// each waited, by its own clock: `NAME NANOSECONDS`, and the thread it was on.
//
//     strace -f -ttt -T -y -o FILE strace-scenario FOLDER

import Hoofprint
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

guard let folder = CommandLine.arguments.dropFirst().first else {
    print("usage: strace-scenario FOLDER")
    exit(2)
}
HoofprintSystem.bootstrap()
span("service") {
    insert(into: folder + "/red.db")
    nap()
    fetch()
    update()
    lookUp(folder + "/missing")
}
await withWaitingTask()
HoofprintSystem.shutdown()

func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Measures what is called, and says it.
func planted(_ name: String, _ body: () -> Void) {
    let start = now()
    body()
    print(name, now() - start)
}

/// Writes records, and waits until a disk has them.
func insert(into path: String) {
    span("db.insert") {
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(file) }
        var record = [UInt8](repeating: 7, count: 16 << 20)
        for _ in 0..<4 {
            span("db.fill") { _ = write(file, &record, record.count) }
            planted("fdatasync") { fdatasync(file) }
        }
    }
}

func nap() {
    span("nap") { planted("clock_nanosleep") { usleep(200_000) } }
}

/// Asks a peer that answers late.
func fetch() {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(listener, $0, size)
            _ = listen(listener, 1)
            _ = getsockname(listener, $0, &size)
        }
    }
    print("port", UInt16(bigEndian: address.sin_port))
    let peer = onThread {
        let client = accept(listener, nil, nil)
        usleep(220_000)
        var byte: UInt8 = 1
        write(client, &byte, 1)
        close(client)
    }
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    span("fetch") {
        _ = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, size) }
        }
        var byte: UInt8 = 0
        planted("recvfrom") { _ = recv(connection, &byte, 1, 0) }
    }
    pthread_join(peer, nil)
    close(connection)
    close(listener)
}

let lock = Mutex(0)

/// Waits for a lock that another thread holds.
func update() {
    let isHeld = Atomic(false)
    let holder = onThread {
        span("holder") {
            lock.withLock { count in
                isHeld.store(true, ordering: .releasing)
                span("holding") { _ = usleep(240_000) }
                count += 1
            }
        }
    }
    while !isHeld.load(ordering: .acquiring) { sched_yield() }
    span("update") { planted("futex") { lock.withLock { $0 += 1 } } }
    pthread_join(holder, nil)
}

/// Looks for a file that is not there.
func lookUp(_ path: String) {
    span("look up") { for _ in 0..<20 { _ = access(path, R_OK) } }
}

/// An async span whose task sleeps in a sync one, and on a thread of the pool that no sync span is open on.
func withWaitingTask() async {
    await span("task") {
        span("task.sync") { planted("task") { usleep(160_000) } }
        try? await Task.sleep(for: .milliseconds(20))
        usleep(10_000)
    }
}

/// Runs `body` on a thread of its own.
func onThread(_ body: @escaping () -> Void) -> pthread_t {
    let box = Unmanaged.passRetained(Body(run: body))
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, box.toOpaque())
    return thread
}

final class Body {
    let run: () -> Void

    init(run: @escaping () -> Void) {
        self.run = run
    }
}
