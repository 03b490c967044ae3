import Hoofprint
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

let probeScenarios: [String: @Sendable () async -> Void] = [
    "probed-sockets": { alone { probedSockets() } },
    "probed-descriptors": { alone { probedDescriptors() } },
    "probed-io": { alone { probedIO() } },
    "probed-threads": { alone { probedThreads() } },
    "probed-often": { alone { probedOften() } },
    "probed-nowhere": { probedNowhere() },
    "usage": {
        HoofprintSystem.bootstrap()
        await usage()
    },
    "usage-killed": {
        bootstrapped {
            span("touch") { touch(pages: 4000) }
            kill(getpid(), SIGKILL)
        }
    },
    "usage-forked": { bootstrapped { usageForked() } },
    "usage-thread-reused": { bootstrapped { usageThreadReused() } },
]

/// Runs `body` in a forked child: no other thread, as those of the task pool, opens anything meanwhile.
private func alone(_ body: () -> Void) {
    let child = swiftFork()
    if child == 0 {
        body()
        exitProcess(0)
    }
    var status: Int32 = 0
    guard waitpid(child, &status, 0) == child, status == 0 else { fatalError("the child ended with \(status)") }
}

/// Sockets in known states; what the probe says is written once the kernel has moved what was sent.
private func probedSockets() {
    let listener = Listener(backlog: 7)
    // Three pairs, of which the first has bytes on their way that nobody reads.
    let pairs = (0..<3).map { _ in (client: listener.connected(), server: listener.accepted()) }
    var sent = 0
    setNonblocking(pairs[0].client)
    let piece = [UInt8](repeating: 7, count: 100_000)
    while true {
        let count = send(pairs[0].client, piece, piece.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { break }
        sent += count
    }
    // Two whose client went, one whose client said that it sends no more.
    for _ in 0..<2 {
        let client = listener.connected()
        _ = listener.accepted()
        close(client)
    }
    let halfOpen = listener.connected()
    _ = listener.accepted()
    shutdown(halfOpen, Int32(SHUT_WR))
    // Two that nobody has accepted.
    for _ in 0..<2 { _ = listener.connected() }
    // A listener whose queue is full, so that nobody answers the next client.
    let full = Listener(backlog: 0)
    _ = full.connected()
    _ = full.connected(waits: false)
    // One that has never been connected; and what is no TCP socket.
    _ = tcpSocket()
    guard socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) >= 0, socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) >= 0
    else { fatalError("socket: \(errno)") }
    var counters: [String: UInt64] = [:]
    for _ in 0..<2000 {
        counters = Dictionary(uniqueKeysWithValues: SocketProbe().read().map { ($0.name, $0.value) })
        let queued = counters["receive_queue_bytes", default: 0] + counters["send_queue_bytes", default: 0]
        let passing = ["syn_received", "fin_wait1", "last_ack", "closing"].reduce(0) { $0 + counters[$1, default: 0] }
        if queued == UInt64(sent), passing == 0, counters["fin_wait2"] == 1, counters["close_wait"] == 3 { break }
        usleep(5000)
    }
    say("sent", UInt64(sent))
    for (name, value) in counters { say(name, value) }
}

/// A TCP socket of the loopback that listens.
private struct Listener {
    private let descriptor = tcpSocket()
    private var address = sockaddr_in()

    init(backlog: Int32) {
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // A small buffer, which the connections inherit, so that what is sent soon stays with the sender.
        var bytes: Int32 = 8192
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        let isListening = withAddress { bind(descriptor, $0, size) } == 0 && listen(descriptor, backlog) == 0
        guard isListening else { fatalError("listen: \(errno)") }
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard isNamed == 0 else { fatalError("getsockname: \(errno)") }
    }

    private func withAddress<Value>(_ body: (UnsafePointer<sockaddr>) -> Value) -> Value {
        withUnsafePointer(to: address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) } }
    }

    func connected(waits: Bool = true) -> Int32 {
        let client = tcpSocket()
        if !waits { setNonblocking(client) }
        let status = withAddress { connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        guard status == 0 || (!waits && errno == EINPROGRESS) else { fatalError("connect: \(errno)") }
        return client
    }

    func accepted() -> Int32 {
        let server = accept(descriptor, nil, nil)
        guard server >= 0 else { fatalError("accept: \(errno)") }
        return server
    }
}

private func tcpSocket() -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { fatalError("socket: \(errno)") }
    return descriptor
}

private func setNonblocking(_ descriptor: Int32) {
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { fatalError("fcntl: \(errno)") }
}

private func say(_ name: String, _ value: UInt64) { print("\(name) \(value)") }

/// Says by how much each counter rose.
private func sayRise(from before: [ProbeCounter], to after: [ProbeCounter]) {
    for (old, new) in zip(before, after) where old.name == new.name { say(new.name, new.value &- old.value) }
}

/// Three files, two pipes, five sockets and one of another kind; then 1,500 more files, more than are looked at.
private func probedDescriptors() {
    let before = DescriptorProbe().read()
    for _ in 0..<3 { _ = open("/etc/passwd", O_RDONLY) }
    for _ in 0..<2 {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { fatalError("pipe: \(errno)") }
    }
    for _ in 0..<5 { _ = tcpSocket() }
    _ = open("/dev/null", O_RDONLY)
    sayRise(from: before, to: DescriptorProbe().read())
    for _ in 0..<1500 { _ = open("/etc/passwd", O_RDONLY) }
    let all = DescriptorProbe().read()
    say("looked_at", all.filter { $0.name != "unread" }.reduce(0) { $0 + $1.value })
    say("beyond", all.last?.value ?? 0)
    say("beyond_sockets", SocketProbe().read().last?.value ?? 0)
}

/// Seven writes of 1,000 bytes and five reads of 500, and how much of each the probe's own reading is.
private func probedIO() {
    guard let file = tmpfile() else { fatalError("tmpfile: \(errno)") }
    let descriptor = fileno(file)
    var bytes = [UInt8](repeating: 1, count: 1000)
    // The numbers get longer for a while.
    for _ in 0..<20 { _ = IOProbe().read() }
    let idle = IOProbe().read()
    let before = IOProbe().read()
    for _ in 0..<7 where write(descriptor, bytes, 1000) != 1000 { fatalError("write: \(errno)") }
    for round in 0..<5 where pread(descriptor, &bytes, 500, off_t(round * 500)) != 500 { fatalError("read: \(errno)") }
    let after = IOProbe().read()
    for index in after.indices {
        let own = before[index].value - idle[index].value
        say(after[index].name, after[index].value - before[index].value - own)
    }
}

/// Five threads that wait, after two of them have run for 100 ms each, at once: for a process with one processor.
private func probedThreads() {
    let before = settledThreads(sleeping: 0)
    let progress = Progress()
    for index in 0..<5 {
        _ = startThread {
            if index < 2 {
                progress.arrive()
                progress.wait(for: 2)
                burn(milliseconds: 100)
            } else {
                progress.wait(for: 2)
            }
            progress.arrive()
            while true { pause() }
        }
    }
    progress.wait(for: 7)
    let waiting = before.first { $0.name == "sleeping" }?.value ?? 0
    sayRise(from: before, to: settledThreads(sleeping: waiting + 5))
}

/// Reads once all but this thread, and at least so many, are asleep: a thread is so a moment after it said that it was about
/// to.
private func settledThreads(sleeping: UInt64) -> [ProbeCounter] {
    while true {
        let counters = ThreadProbe().read()
        let values = Dictionary(uniqueKeysWithValues: counters.map { ($0.name, $0.value) })
        if values["running"] == 1, values["sleeping", default: 0] >= sleeping { return counters }
        sched_yield()
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
    return nil
}

private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runWork, Unmanaged.passRetained(Work(body)).toOpaque())
    guard status == 0 else { fatalError("pthread_create: \(status)") }
    return thread
}

/// How many threads came to a place.
private final class Progress: Sendable {
    private let count = Atomic(0)
    func arrive() { count.add(1, ordering: .sequentiallyConsistent) }
    func wait(for arrivals: Int) {
        while count.load(ordering: .sequentiallyConsistent) < arrivals { sched_yield() }
    }
}

/// All probes a thousand times: as many descriptors are open as before.
private func probedOften() {
    let probes = HoofprintSystem.Configuration.allProbes
    for probe in probes { _ = probe.read() }
    let before = DescriptorProbe().read()
    for _ in 0..<1000 { for probe in probes { _ = probe.read() } }
    sayRise(from: before, to: DescriptorProbe().read())
}

/// Flushes where there is no /proc.
private func probedNowhere() {
    guard let folder = getenv("EMPTY_FOLDER"), chroot(folder) == 0, chdir("/") == 0 else {
        fatalError("chroot: \(errno)")
    }
    bootstrapped { manyFlushes() }
}

/// Touches fresh pages, each of which is a minor fault.
@inline(never)
private func touch(pages: Int) {
    let size = pages * sysconf(Int32(_SC_PAGESIZE))
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("mmap: \(errno)") }
    // A huge page would be one fault for 512.
    madvise(memory, size, MADV_NOHUGEPAGE)
    for page in 0..<pages {
        memory.storeBytes(of: 1, toByteOffset: page * (size / pages), as: UInt8.self)
    }
    munmap(memory, size)
}

/// Roots that each use something else.
private func usage() async {
    span("touch") { span("below") { touch(pages: 20_000) } }
    span("compute") { burn(milliseconds: 5) }
    span("sleep") { for _ in 0..<20 { usleep(1000) } }
    await span("request") {
        await Task.yield()
        await span("handler") {
            span("work") { touch(pages: 4000) }
            await Task.yield()
            span("work") { touch(pages: 4000) }
        }
    }
    contend()
}

/// Two threads take their processor, the only one, from each other.
private func contend() {
    let progress = Progress()
    let threads = (0..<2).map { _ in
        startThread {
            progress.arrive()
            progress.wait(for: 2)
            span("contended") { burn(milliseconds: 100) }
        }
    }
    for thread in threads { pthread_join(thread, nil) }
}

/// The child's counters begin anew, and so does its log.
private func usageForked() {
    span("touch") { touch(pages: 20_000) }
    let child = swiftFork()
    if child == 0 {
        span("touch") { touch(pages: 1000) }
        HoofprintSystem.flush()
        exitProcess(0)
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    guard status == 0 else { fatalError("the child ended with \(status)") }
}

/// A thread takes over the recorder of one that has ended, which had touched a lot.
private func usageThreadReused() {
    pthread_join(startThread { span("before") { touch(pages: 20_000) } }, nil)
    pthread_join(startThread { span("after") { burn(milliseconds: 2) } }, nil)
}
