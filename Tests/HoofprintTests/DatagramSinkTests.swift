import Foundation
import TestSupport
import Testing

@testable import Hoofprint

@Suite("Journal and syslog sinks, by themselves")
struct DatagramSinkTests {
    /// A socket that a daemon might read, and its messages.
    private final class Receiver {
        let folder: TemporaryFolder
        let descriptor: Int32
        var path: String { folder.url.appendingPathComponent("socket").path }

        init() throws {
            folder = try TemporaryFolder()
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let name = folder.url.appendingPathComponent("socket").path
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(status == 0)
        }

        deinit { close(descriptor) }

        /// The next message; nil: there is none.
        func next() -> String? {
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    private func write(_ text: String, to sink: some Sink) -> Int {
        Array(text.utf8).withUnsafeBytes { sink.write($0) }
    }

    @Test("an entry of the journal's protocol for each line")
    func journalEntries() throws {
        let receiver = try Receiver()
        let sink = JournaldSink(socketPath: receiver.path, identifier: "red")
        #expect(sink.prepare())
        #expect(!sink.prepare())
        #expect(write("one\ntwo\n", to: sink) == 8)
        let head = "SYSLOG_IDENTIFIER=red\nPRIORITY=6\nMESSAGE="
        #expect([receiver.next(), receiver.next(), receiver.next()] == [head + "one\n", head + "two\n", nil])
        #expect(sink.crashPrefix == Array(head.utf8))
    }

    @Test("a message with priority, time, tag and process id for each line")
    func syslogMessages() throws {
        let receiver = try Receiver()
        let sink = SyslogSink(socketPath: receiver.path, identifier: "red")
        #expect(sink.prepare())
        #expect(write("one\ntwo\n", to: sink) == 8)
        for text in ["one", "two"] {
            let message = try #require(receiver.next())
            let form = #/<14>[A-Z][a-z]{2} [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} red\[[0-9]+\]: (.*)/#
            #expect(try form.wholeMatch(in: message)?.output.1 == Substring(text))
            #expect(message.contains("red[\(getpid())]: "))
        }
        #expect(receiver.next() == nil)
    }

    @Test(
        "the header is RFC 3164's",
        arguments: [
            (11, 5, 2, 9, 59, "<14>Dec  5 02:09:59 red[42]: "), (0, 31, 23, 59, 60, "<14>Jan 31 23:59:60 red[42]: "),
        ])
    func header(month: Int32, day: Int32, hour: Int32, minute: Int32, second: Int32, expected: String) {
        var time = tm()
        (time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec) = (month, day, hour, minute, second)
        #expect(String(decoding: SyslogSink.header("red", time, pid: 42), as: UTF8.self) == expected)
    }

    @Test(
        "a tag ends neither itself nor its line",
        arguments: [
            ("red", "red"), ("a: b[1]\nX=y", "a__b_1__X_y"), ("", "hoofprint"), ("r\u{e9}d", "r_d"),
            (String(repeating: "x", count: 40), String(repeating: "x", count: 32)),
        ])
    func tag(name: String, expected: String) {
        #expect(SyslogTag(name).text == expected)
    }

    @Test("a full queue is waited for once a flush, and lines up to it are taken")
    func fullQueue() throws {
        let receiver = try Receiver()
        let sink = SyslogSink(socketPath: receiver.path, identifier: "red")
        #expect(sink.prepare())
        let lines = String(repeating: "line\n", count: 2000)
        let taken = write(lines, to: sink)
        #expect(taken > 0 && taken < lines.utf8.count && taken.isMultiple(of: 5))
        #expect(write("line\n", to: sink) == 0)
        var received = 0
        while receiver.next() != nil { received += 1 }
        #expect(received == taken / 5)
        #expect(!sink.prepare())
        #expect(write("line\n", to: sink) == 5)
        #expect(receiver.next() != nil)
    }

    @Test("a path that no socket can have is told of, and nothing is taken")
    func longPath() {
        let sink = JournaldSink(socketPath: "/" + String(repeating: "x", count: 108))
        #expect(!sink.prepare())
        #expect(write("one\n", to: sink) == 0)
    }

    @Test("a program that closes the sink's descriptor, and opens something else there, gets nothing written into that")
    func closedDescriptor() throws {
        let receiver = try Receiver()
        let sink = JournaldSink(socketPath: receiver.path, identifier: "red")
        #expect(sink.prepare())
        let descriptor = try #require(sink.crashDescriptor)
        #expect(descriptor >= 10)
        let other = try Receiver()
        #expect(dup2(other.descriptor, descriptor) == descriptor)
        #expect(sink.prepare())
        #expect(sink.crashDescriptor != descriptor)
        #expect(write("one\n", to: sink) == 4)
        #expect(receiver.next()?.hasSuffix("MESSAGE=one\n") == true)
        #expect(other.next() == nil)
        close(descriptor)
    }

    @Test("have names in HOOFPRINT_SINK, with a socket or without")
    func names() {
        let value = "journald,syslog,journald:/run/systemd/journal.red/socket,syslog:/dev/other"
        let reading = EnvironmentConfiguration.read(["HOOFPRINT_SINK": value])
        #expect(reading.problems.isEmpty)
        #expect(
            reading.configuration.sinks.map { "\(type(of: $0))" } == [
                "JournaldSink", "SyslogSink", "JournaldSink", "SyslogSink",
            ])
        let wrong = EnvironmentConfiguration.read(["HOOFPRINT_SINK": "journald:"])
        #expect(
            wrong.problems == [
                "HOOFPRINT_SINK='journald:' is none of stderr, file:PATH, journald, syslog, none; using stderr"
            ])
    }
}
