import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import ImageUpload

@Suite("Servers that misbehave", .timeLimit(.minutes(5)))
struct ServerBehaviourTests {
    private func onePicture(_ count: Int = 10) throws -> PictureFolder {
        let folder = try PictureFolder()
        try folder.add("one.jpg", PictureFolder.picture(1, count: count))
        return folder
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let reply: PictureServer.Reply
        let message: String
        let testDescription: String

        init(_ description: String, _ reply: PictureServer.Reply, _ message: String) {
            (testDescription, self.reply, self.message) = (description, reply, message)
        }

        static let problem = [("Content-Type", "application/problem+json; charset=utf-8")]
        static let all = [
            Answer(
                "422 with a problem's detail",
                .status(422, headers: problem, body: #"{"title":"Bad","detail":"no picture in it"}"#),
                "422 Unprocessable Content: no picture in it"),
            Answer(
                "a problem without detail", .status(400, headers: problem, body: #"{"title":"Bad"}"#),
                "400 Some Reason: Bad"),
            Answer("a problem that is no JSON", .status(400, headers: problem, body: "{"), "400 Some Reason"),
            Answer(
                "500 with a text", .status(500, headers: [("Content-Type", "text/plain")], body: "broken\nsorry"),
                "500 Some Reason: broken"),
            Answer(
                "500 with a page", .status(500, headers: [("Content-Type", "text/html")], body: "<p>"),
                "500 Some Reason"),
            Answer(
                "a detail that steers the terminal",
                .status(422, headers: problem, body: #"{"detail":"\u001b[2J\u202egpj\n"}"#),
                #"422 Unprocessable Content: \u{1b}[2J\u{202e}gpj\n"#),
            Answer(
                "a redirection", .status(301, headers: [("Location", "http://evil/\u{1B}[2J")]),
                #"301 Some Reason: it points to http://evil/\u{1b}[2J; redirections are not followed, give the new URL with --to"#
            ),
            Answer(
                "two lengths",
                .bytes("HTTP/1.1 201 Created\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", closing: false),
                "the answer is not HTTP: the length '2'"),
            Answer(
                "a negative length", .bytes("HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n", closing: false),
                "the answer is not HTTP: the length '-1'"),
            Answer(
                "an unknown transfer coding",
                .bytes("HTTP/1.1 201 Created\r\nTransfer-Encoding: gzip\r\n\r\n", closing: false),
                "the answer is not HTTP: the transfer coding 'gzip'"),
            Answer(
                "a chunk of no size",
                .bytes("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", closing: false),
                "the answer is not HTTP: a chunk of no size: -5"),
            Answer(
                "a switch of protocols", .bytes("HTTP/1.1 101 Switching Protocols\r\n\r\n", closing: false),
                "the answer is not HTTP: 101 Switching Protocols"),
            Answer(
                "garbage that steers the terminal", .bytes("\u{1B}]0;x\u{7}\r\n\r\n", closing: false),
                #"the answer is not HTTP: \u{1b}]0;x\u{7}"#),
            Answer(
                "a wait that is too long", .status(503, headers: [("Retry-After", "86400")]),
                "503 Some Reason (to be tried again in 86400 s, which is too long)"),
            Answer("no answer", .close, "the server closed the connection without an answer"),
            Answer(
                "an answer that breaks off in its header", .bytes("HTTP/1.1 20", closing: true),
                "the server closed the connection within its answer"),
            Answer(
                "an answer that breaks off in its body",
                .bytes("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{", closing: true),
                "the server closed the connection within its answer"),
            Answer(
                "a header without end",
                .bytes("HTTP/1.1 201 Created\r\nX: " + String(repeating: "x", count: 20_000), closing: false),
                "the answer's header is larger than 16 KiB"),
            Answer(
                "a header too large",
                .bytes("HTTP/1.1 201 Created\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n", closing: false),
                "the answer's header is larger than 16 KiB"),
        ]
    }

    @Test("a refusal or a broken answer fails the one picture, with what the server said", arguments: Answer.all)
    func refusalIsTold(_ answer: Answer) async throws {
        let folder = try onePicture()
        try await PictureServer.serving(.init(toRequest: { _, _ in answer.reply })) { server in
            let summary = try await upload(folder, to: server.url) { $0.attempts = 1 }
            #expect(summary.failures.map(\.message) == [answer.message])
            #expect(summary.failed == 1)
            #expect(summary.uploaded == 0)
            #expect(server.requests.count == 1)
        }
    }

    @Test("an answer that is not HTTP fails the picture")
    func garbageFails() async throws {
        let folder = try onePicture()
        try await PictureServer.serving(.init(toRequest: { _, _ in .bytes("SSH-2.0-OpenSSH\r\n\r\n", closing: false) }))
        { server in
            let summary = try await upload(folder, to: server.url) { $0.attempts = 1 }
            #expect(summary.failures.map(\.message).first?.hasPrefix("the answer is not HTTP: ") == true)
            #expect(summary.failed == 1)
        }
    }

    @Test("an answer before the picture was sent to its end is read, and the upload goes on")
    func earlyAnswerIsRead() async throws {
        let folder = try onePicture(20_000_000)
        try folder.add("two.jpg", PictureFolder.picture(2, count: 10))
        let behaviour = PictureServer.Behaviour(toHead: { request, channel in
            guard request.head.headers.first(name: "content-length") != "14" else { return nil }
            // The rest of the body is left unread, as a server does that will not take it.
            channel.setOption(.autoRead, value: false).whenComplete { _ in }
            let text =
                "HTTP/1.1 413 No\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 8\r\n\r\ntoo much"
            return .bytes(text, closing: true)
        })
        try await PictureServer.serving(behaviour) { server in
            // Without digests, which take longer for the large picture, the small one is sent behind it.
            let summary = try await upload(folder, to: server.url) { ($0.concurrency, $0.sendsDigests) = (1, false) }
            #expect(summary.failures.map(\.message) == ["413 Content Too Large: too much"])
            #expect(summary.uploaded == 1)
            #expect(server.connections == 2)
        }
    }

    @Test("interim answers are passed over")
    func interimAnswersArePassedOver() async throws {
        let folder = try onePicture()
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        try await PictureServer.serving(.init(toRequest: { _, _ in .bytes(text, closing: false) })) { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == 1)
        }
    }

    @Test("interim answers without end fail the picture")
    func endlessInterimAnswersFail() async throws {
        let folder = try onePicture()
        let text = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000)
        try await PictureServer.serving(.init(toRequest: { _, _ in .bytes(text, closing: false) })) { server in
            let summary = try await upload(folder, to: server.url) { $0.attempts = 1 }
            #expect(summary.failures.map(\.message) == ["the answer's header is larger than 16 KiB"])
        }
    }

    @Test("an answer's body is read as far as it is kept, though it has no end")
    func endlessBodyIsCut() async throws {
        let folder = try onePicture()
        let text = "HTTP/1.1 201 Created\r\n\r\n" + String(repeating: "x", count: 100_000)
        try await PictureServer.serving(.init(toRequest: { _, _ in .bytes(text, closing: false) })) { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == 1)
        }
    }

    @Test("an answer that ends with its connection is complete")
    func answerEndsWithConnection() async throws {
        let folder = try onePicture()
        let behaviour = PictureServer.Behaviour(toRequest: { _, _ in
            .bytes("HTTP/1.1 201 Created\r\n\r\n{}", closing: true)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == 1)
            #expect(summary.failed == 0)
        }
    }

    @Test("a connection that the server closes after its answer is replaced, and no picture is lost")
    func closedConnectionIsReplaced() async throws {
        let folder = try PictureFolder()
        for index in 0..<10 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        let text = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        // Without "Connection: close": the client learns it only when it uses the connection again, or just before.
        try await PictureServer.serving(.init(toRequest: { _, _ in .bytes(text, closing: true) })) { server in
            let summary = try await upload(folder, to: server.url) { $0.concurrency = 2 }
            #expect(summary.uploaded == 10)
            #expect(summary.failed == 0)
            #expect(server.connections >= 10)
        }
    }

    @Test("a kept connection that is closed instead of an answer costs a picture no attempt, once")
    func staleConnectionIsNoAttempt() async throws {
        let folder = try PictureFolder()
        for name in ["a", "b", "c"] { try folder.add("\(name).jpg", Array("\u{0}".utf8)) }
        // Connection 1 answers a and drops b; connection 2 drops b again: that is the server's fault. 3 answers c.
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            request.number == 2 || request.number == 3 ? .close : .status(201)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) {
                ($0.concurrency, $0.pipelining, $0.attempts) = (1, 1, 1)
            }
            #expect(summary.uploaded == 2)
            #expect(summary.failures.map(\.message) == ["the server closed the connection without an answer"])
            #expect(summary.failed == 1)
            #expect(server.requests.map(\.connection) == [1, 1, 2, 3])
        }
    }

    @Test("pictures behind others on a connection that is dropped are sent again, and lost to nobody")
    func droppedPipelineIsSentAgain() async throws {
        let folder = try PictureFolder()
        for index in 0..<300 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        // Every 50th request ends its connection unanswered, whatever follows it there.
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            request.number % 50 == 0 ? .close : .status(201)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { $0.backoff.firstMilliseconds = 1 }
            #expect(summary.uploaded == 300)
            #expect(summary.failed == 0)
            #expect(Set(server.requests.map(\.body)).count == 300)
        }
    }

    @Test("a server that does nothing is given up after the time allowed")
    func silentServerIsGivenUp() async throws {
        let folder = try onePicture()
        try await PictureServer.serving(.init(toRequest: { _, _ in .nothing })) { server in
            let summary = try await upload(folder, to: server.url) {
                ($0.progressTimeoutSeconds, $0.attempts) = (1, 1)
            }
            #expect(
                summary.failures.map(\.message) == ["no progress for 1 s; is the server stuck? --timeout allows longer"]
            )
        }
    }

    @Test("an answer that drips on without end is given up after the time allowed")
    func drippingAnswerIsGivenUp() async throws {
        let folder = try onePicture()
        let behaviour = PictureServer.Behaviour(toRequest: { _, channel in
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) { task in
                guard channel.isActive else { return task.cancel() }
                PictureServer.send(.bytes("x", closing: false), on: channel)
            }
            return .bytes("HTTP/1.1 201 Created\r\nX: ", closing: false)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) {
                ($0.progressTimeoutSeconds, $0.attempts) = (1, 1)
            }
            #expect(
                summary.failures.map(\.message) == ["the answer had no end after 1 s; --timeout allows longer"])
        }
    }

    @Test("an answer that a picture was taken before it was sent is not believed")
    func earlySuccessIsNotBelieved() async throws {
        let folder = try onePicture(20_000_000)
        let behaviour = PictureServer.Behaviour(toHead: { _, channel in
            channel.setOption(.autoRead, value: false).whenComplete { _ in }
            return .status(201)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { $0.attempts = 1 }
            #expect(summary.failures.map(\.message) == ["the server answered 201 before it had the whole picture"])
        }
    }

    @Test("a server that reads slowly, but reads, gets all")
    func slowReaderGetsAll() async throws {
        let folder = try onePicture(4_000_000)
        let behaviour = PictureServer.Behaviour(toHead: { _, channel in
            channel.setOption(.autoRead, value: false).whenComplete { _ in }
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(2)) { task in
                guard channel.isActive else { return task.cancel() }
                channel.read()
            }
            return nil
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { $0.concurrency = 1 }
            #expect(summary.uploaded == 1)
            #expect(server.requests.map(\.body) == [PictureFolder.picture(1, count: 4_000_000)])
        }
    }

    @Test("a server that is not there ends the upload after the attempts, and no picture is blamed")
    func absentServerEndsUpload() async throws {
        let folder = try PictureFolder()
        for index in 0..<50 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        let url = "http://127.0.0.1:\(try ServerProcess.freePort())"
        let summary = try await upload(folder, to: url) { ($0.attempts, $0.backoff.firstMilliseconds) = (3, 1) }
        #expect(summary.ending == .unreachable("Connection refused"))
        #expect(summary.failures.isEmpty)
        #expect(!summary.isComplete)
    }

    @Test("a server that goes away ends the upload, and no picture is blamed")
    func vanishedServerEndsUpload() async throws {
        let folder = try PictureFolder()
        for index in 0..<50 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        try await PictureServer.serving(.init(lastsUntil: 4)) { server in
            let summary = try await upload(folder, to: server.url) {
                ($0.concurrency, $0.pipelining, $0.attempts, $0.backoff.firstMilliseconds) = (1, 1, 3, 1)
            }
            #expect(summary.ending == .unreachable("Connection refused"))
            #expect(summary.uploaded == 3)
            #expect(summary.failed == 0)
        }
    }

    @Test("a file that shrinks while it is sent fails, and its connection is closed")
    func shrinkingFileFails() async throws {
        let folder = try onePicture()
        let path = folder.filePath.appending(Array("one.jpg".utf8))
        let size = 64 * 1024 * 1024
        #expect(path.withSystemPath { truncate($0, off_t(size)) } == 0)
        let behaviour = PictureServer.Behaviour(toHead: { _, channel in
            // Far more is to come than the sockets hold, so the file is still being read.
            if path.withSystemPath({ truncate($0, 100) }) != 0 { return .close }
            return nil
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { ($0.sendsDigests, $0.attempts) = (false, 1) }
            #expect(summary.failures.count == 1)
            #expect(summary.failures.first?.message.hasPrefix("its size changed from \(size) to ") == true)
            #expect(server.requests.isEmpty)
        }
    }

    @Test("an upload that is cancelled says what got no answer in time")
    func interruptedPicturesAreTold() async throws {
        let folder = try onePicture()
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let behaviour = PictureServer.Behaviour(toRequest: { _, _ in
            arrival.yield()
            return .nothing
        })
        try await PictureServer.serving(behaviour) { server in
            let url = server.url
            let task = Task { try await upload(folder, to: url) { $0.graceSeconds = 0 } }
            for await _ in arrivals { break }
            task.cancel()
            let summary = try await task.value
            #expect(summary.ending == .interrupted)
            #expect(summary.failures.map(\.message) == ["interrupted before the server answered"])
        }
    }

    @Test("an upload that is cancelled waits for the answers to what is on its way, and begins nothing more")
    func cancelledUploadTakesAnswers() async throws {
        let folder = try PictureFolder()
        for index in 0..<50 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        let (arrivals, arrival) = AsyncStream.makeStream(of: (any Channel).self)
        let behaviour = PictureServer.Behaviour(toRequest: { request, channel in
            guard request.number == 1 else { return .status(201) }
            arrival.yield(channel)
            return .nothing
        })
        try await PictureServer.serving(behaviour) { server in
            let url = server.url
            let task = Task { try await upload(folder, to: url) { $0.concurrency = 1 } }
            for await channel in arrivals {
                task.cancel()
                PictureServer.send(.status(201), on: channel)
                break
            }
            let summary = try await task.value
            #expect(summary.ending == .interrupted)
            #expect(summary.failed == 0)
            #expect(summary.uploaded < 50)
            #expect(summary.uploaded == server.requests.count)
        }
    }
}
