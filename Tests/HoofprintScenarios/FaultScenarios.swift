import Foundation
import Hoofprint

/// A number from the environment.
private func variable(_ name: String, default number: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? number
}

/// `SOAK_SPANS` spans (10,000,000) over a dozen paths. Says what memory is resident, in KiB, after 10 %, 50 % and all of them:
/// what flushes touch for the first time comes before.
func soak() {
    let total = variable("SOAK_SPANS", default: 10_000_000)
    var done = 0
    for (percent, name) in [(10, "10 %"), (50, "50 %"), (100, "100 %")] {
        while done < total / 100 * percent { done += soakRequest() }
        print("\(name) \(residentKiB())")
    }
}

/// A hundred and eleven spans.
@inline(never)
private func soakRequest() -> Int {
    span("request") {
        for _ in 0..<10 {
            span("step") {
                span("read") { span("parse") {} }
                span("find") { span("lock") {} }
                span("compute") { for _ in 0..<3 { span("round") {} } }
                span("write") {}
            }
        }
    }
    return 111
}

/// VmRSS of this process (proc(5)), in KiB.
private func residentKiB() -> Int {
    var text = [UInt8](repeating: 0, count: 4096)
    let file = open("/proc/self/status", O_RDONLY)
    defer { close(file) }
    let count = read(file, &text, text.count)
    guard count > 0 else { fatalError("no /proc/self/status") }
    let line = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let number = line?.split(whereSeparator: { !$0.isNumber }).first, let kiB = Int(number) else {
        fatalError("no VmRSS in /proc/self/status")
    }
    return kiB
}

/// Closes every descriptor from 3 on, as a daemon does, and lets all of their numbers be those of the file `VICTIM`.
func closedUnder() {
    nested()
    HoofprintSystem.flush()
    guard let path = ProcessInfo.processInfo.environment["VICTIM"] else { fatalError("VICTIM names no file") }
    let victim = open(path, O_RDWR | O_CREAT, 0o600)
    for number in Int32(3)..<256 where number != victim && isFileOrPipe(number) {
        guard dup2(victim, number) == number else { fatalError("dup2: \(errno)") }
    }
    for _ in 0..<3 {
        nested()
        // More than the megabyte that the ring file began with.
        threads(count: 64, spans: 10)
        HoofprintSystem.flush()
    }
    HoofprintSystem.shutdown()
    guard fcntl(victim, F_GETFD) >= 0 else { fatalError("the victim was closed") }
}

/// Whether a number is that of a file or a pipe, and not of what the runtime's own event loop needs.
private func isFileOrPipe(_ number: Int32) -> Bool {
    var status = stat()
    guard fstat(number, &status) == 0 else { return false }
    return [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT)
}

/// Opens a file where standard error was closed, and lets Hoofprint have something to say.
func closedAtStart() {
    // Here and not by who starts the program: the runtime's event loop would take the number first.
    close(STDERR_FILENO)
    HoofprintSystem.bootstrap()
    guard let path = ProcessInfo.processInfo.environment["VICTIM"] else { fatalError("VICTIM names no file") }
    let victim = open(path, O_RDWR | O_CREAT, 0o600)
    // What open(2) would answer, but for the flush thread, which opens files of its own for a moment.
    guard dup2(victim, STDERR_FILENO) == STDERR_FILENO else { exitProcess(1) }
    HoofprintSystem.bootstrap()
    nested()
    HoofprintSystem.flush()
}

/// Records on four threads; the ring file is cut to `CUT_BYTES` meanwhile, at a moment that differs from run to run.
func cutRing() {
    guard let log = ProcessInfo.processInfo.environment["RING"] else { fatalError("RING names no file") }
    let bytes = variable("CUT_BYTES", default: 0)
    for _ in 0..<4 {
        Thread.detachNewThread {
            while true {
                span("outer") { for _ in 0..<20 { nested() } }
                let token = TraceSpan.begin("token")
                token.end()
            }
        }
    }
    for _ in 0..<20 { nested() }
    HoofprintSystem.flush()
    usleep(UInt32.random(in: 0..<3000))
    guard truncate("\(log).\(getpid())", off_t(bytes)) == 0 else { fatalError("truncate: \(errno)") }
    for _ in 0..<200 { nested() }
    // Comes back at once where recording has ended, and never hangs.
    HoofprintSystem.flush()
    HoofprintSystem.isRecording = true
    for _ in 0..<20 { nested() }
    print(HoofprintSystem.isRecording ? "recording" : "ended")
}

/// Says what a call of each kind leaves in errno, which is the program's.
func errnoKept() async {
    let sentinel: Int32 = 4242
    func expect(_ call: String, _ body: () -> Void) {
        errno = sentinel
        body()
        let left = errno
        if left != sentinel { FileHandle.standardOutput.write(Data("errno is \(left) after \(call)\n".utf8)) }
    }
    HoofprintSystem.bootstrap()
    for round in 0..<2000 {
        expect("a span") { span("one") { span("two") {} } }
        expect("attributes") { span("three", ["key": round, "text": "value"]) { $0["more"] = "less" } }
        expect("a token") {
            let token = TraceSpan.begin("token")
            token.fail(type: "timeout")
            token.end()
            token.end()
        }
        expect("a failure") { span("marked") { $0.fail(Refused()) } }
        expect("a switch") { HoofprintSystem.isRecording = round % 2 == 0 }
        if round % 500 == 0 { HoofprintSystem.flush() }
    }
    HoofprintSystem.isRecording = true
    let child = swiftFork()
    if child == 0 {
        // Begins a session of its own: a ring file, a thread.
        expect("the first span of a child") { span("child") {} }
        _exit(0)
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    guard status == 0 else { fatalError("the child ended with \(status)") }
}
