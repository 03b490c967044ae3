import Foundation
import Synchronization
import Testing

@testable import CommandOutput

@Suite("The log of a server", .timeLimit(.minutes(5)))
struct QueuedErrorOutputTests {
    @Test("While nobody reads, it takes what there is room for, counts the rest, and makes nobody wait")
    func unread() throws {
        let pipe = Pipe()
        let log = QueuedErrorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, room: 1 << 16)
        // Twice what the pipe and the queue have room for.
        let count = 4 << 10
        for number in 0..<count { log.write("message \(number)\(String(repeating: " ", count: 100))\n") }
        let reader = Reader(pipe.fileHandleForReading)
        log.drain(seconds: 30)
        log.write("the last\n")
        log.drain(seconds: 30)
        try pipe.fileHandleForWriting.close()
        let lines = reader.lines()
        let numbers = lines.compactMap { $0.hasPrefix("message ") ? Int($0.split(separator: " ")[1]) : nil }
        let missing = lines.compactMap { $0.contains("missing here") ? Int($0.prefix { $0.isNumber }) : nil }
        #expect(numbers == numbers.sorted() && !numbers.isEmpty)
        #expect(!missing.isEmpty && numbers.count + missing.reduce(0, +) == count)
        #expect(lines.last == "the last")
    }

    @Test("What is written by several threads at once is there, line by line")
    func concurrent() throws {
        let pipe = Pipe()
        let log = QueuedErrorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let reader = Reader(pipe.fileHandleForReading)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<500 { log.write("\(thread) \(number)\n") }
        }
        log.drain(seconds: 30)
        try pipe.fileHandleForWriting.close()
        let lines = reader.lines()
        for thread in 0..<8 {
            #expect(lines.filter { $0.hasPrefix("\(thread) ") } == (0..<500).map { "\(thread) \($0)" })
        }
    }

    @Test("A log that takes nothing costs the messages, and a drain does not wait for ever")
    func broken() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let log = QueuedErrorOutput(descriptor: full)
        log.write("lost\n")
        #expect(log.drain(seconds: 30))
        #expect(log.lost == 1)
        let pipe = Pipe()
        let unread = QueuedErrorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, room: 1 << 20)
        for _ in 0..<2_000 { unread.write(String(repeating: "x", count: 99) + "\n") }
        #expect(!unread.drain(seconds: 0.01))
        let reader = Reader(pipe.fileHandleForReading)
        #expect(unread.drain(seconds: 30))
        try pipe.fileHandleForWriting.close()
        #expect(reader.lines().count == 2_000)
    }
}

/// Reads all of a pipe, from now on.
private final class Reader: Sendable {
    private let done = DispatchGroup()
    private let data = Mutex(Data())

    init(_ handle: FileHandle) {
        DispatchQueue.global().async(group: done) {
            let all = (try? handle.readToEnd()) ?? Data()
            self.data.withLock { $0 = all }
        }
    }

    /// The lines, once the other end is closed.
    func lines() -> [String] {
        done.wait()
        return String(decoding: data.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
