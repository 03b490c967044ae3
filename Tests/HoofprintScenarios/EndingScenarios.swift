import Foundation
import Hoofprint

/// Forks with a sync and an async span open, in which the child opens spans of its own, and tasks.
func forkedInside() async {
    await span("serve") {
        let token = TraceSpan.begin("token")
        let child = span("request") { () -> pid_t in
            let child = swiftFork()
            if child == 0 { nested() }
            return child
        }
        await span("after") {
            await Task.yield()
            span("inner") {}
        }
        token.end()
        if child == 0 { exit(0) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        guard status == 0 else { fatalError("the child ended with \(status)") }
    }
}

/// A thousand forks, while another thread records: every child opens a span or executes a program.
func forkedOften() {
    Thread.detachNewThread { while true { nested() } }
    for number in 0..<1000 {
        let child = swiftFork()
        if child == 0 {
            if number % 2 == 0 { execv("/bin/true", [strdup("true"), nil]) }
            span("child") {}
            HoofprintSystem.flush()
            _exit(0)
        }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        guard status == 0 else { fatalError("child \(number) ended with \(status)") }
    }
}

/// Opens a span around what stops the process in it.
func crashing(_ body: () -> Void) {
    HoofprintSystem.bootstrap()
    span("outer") { span("crashing") { body() } }
}

/// Ends five spans, opens a sync one and an async one, says so and stays.
func ready() async {
    for _ in 0..<5 { span("done") { spin(10) } }
    await span("waiting") {
        await span("for ever") {
            await Task.yield()
            span("stuck") {
                FileHandle.standardOutput.write(Data("ready\n".utf8))
                while true { sleep(1) }
            }
        }
    }
}

/// Handles SIGTERM itself.
func ownHandler() {
    signal(SIGTERM) { _ in exit(7) }
    span("done") {}
    FileHandle.standardOutput.write(Data("ready\n".utf8))
    while true { sleep(1) }
}

/// Reads where nothing is.
@inline(never)
func badAccess() {
    let pointer = UnsafePointer<Int>(bitPattern: 8)
    spin(pointer?.pointee ?? 0)
}

/// Uses up the stack.
@inline(never)
func overflow(_ depth: Int) -> Int {
    depth == 0 ? 0 : overflow(depth + 1) + overflow(depth + 2)
}

/// Becomes another program with a span open, and without a flush.
func executed() {
    for _ in 0..<5 { span("done") {} }
    span("executing") { _ = execv("/bin/true", [strdup("true"), nil]) }
}

/// Opens and ends spans, and keeps how many in the file that `ENDED_FILE` names, until it is killed.
func countUntilKilled() {
    let path = ProcessInfo.processInfo.environment["ENDED_FILE"] ?? ""
    let file = open(path, O_RDWR)
    guard file >= 0, let memory = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED else {
        fatalError("ENDED_FILE='\(path)' cannot be written")
    }
    let ended = memory.bindMemory(to: UInt64.self, capacity: 1)
    FileHandle.standardOutput.write(Data("ready\n".utf8))
    while true {
        span("counted") { spin(200) }
        ended.pointee += 1
    }
}

/// Flushes three times into a pipe that nobody reads, then once into one that is read; what came is on standard output.
func flushUntilRead() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, dup2(ends[1], STDERR_FILENO) >= 0 else { exitProcess(1) }
    close(ends[1])
    let log = FileHandle(fileDescriptor: ends[0])
    HoofprintSystem.bootstrap()
    for _ in 0..<3 {
        for _ in 0..<2000 { nested() }
        HoofprintSystem.flush()
    }
    let last = Data("no more\n".utf8)
    let reader = Thread {
        var read = Data()
        while !read.hasSuffix(last) { read += log.availableData }
        FileHandle.standardOutput.write(read.dropLast(last.count))
        exitProcess(0)
    }
    reader.start()
    nested()
    HoofprintSystem.shutdown()
    FileHandle.standardError.write(last)
    while true { pause() }
}

extension Data {
    fileprivate func hasSuffix(_ end: Data) -> Bool { count >= end.count && self.suffix(end.count) == end }
}

/// A hundred flushes of something new.
func manyFlushes() {
    for _ in 0..<100 {
        nested()
        HoofprintSystem.flush()
    }
}
