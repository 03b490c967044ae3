import NIOHTTP1
import Testing
import WallClock

@testable import ImageUpload

@Suite("Trying again", .timeLimit(.minutes(5)))
struct RetryTests {
    private func pictures(_ count: Int) throws -> PictureFolder {
        let folder = try PictureFolder()
        for index in 0..<count { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        return folder
    }

    @Test(
        "what a server cannot do now is tried again, and gets through",
        arguments: [408, 409, 425, 429, 500, 502, 503, 504])
    func passingFailuresAreRetried(_ status: Int) async throws {
        let folder = try pictures(20)
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            .status(request.number <= 5 ? status : 201)
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { $0.backoff.firstMilliseconds = 1 }
            #expect(summary.uploaded == 20)
            #expect(summary.failed == 0)
            #expect(summary.retries == 5)
            #expect(server.requests.count == 25)
        }
    }

    @Test("a picture fails after so many attempts, with the last reason", arguments: [1, 3])
    func attemptsAreCounted(_ attempts: Int) async throws {
        let folder = try pictures(1)
        try await PictureServer.serving(.init(toRequest: { _, _ in .status(500) })) { server in
            let summary = try await upload(folder, to: server.url) {
                ($0.attempts, $0.backoff.firstMilliseconds) = (attempts, 1)
            }
            #expect(server.requests.count == attempts)
            #expect(summary.failures.map(\.message) == ["500 Some Reason"])
        }
    }

    @Test("what will not change is not tried again", arguments: [400, 401, 403, 404, 411, 413, 415, 422, 501])
    func lastingFailuresAreNotRetried(_ status: Int) async throws {
        let folder = try pictures(3)
        try await PictureServer.serving(.init(toRequest: { _, _ in .status(status) })) { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.failed == 3)
            #expect(server.requests.count == 3)
        }
    }

    @Test("a request that is sent again has its key and its digest again, and another picture another key")
    func keysStay() async throws {
        let folder = try pictures(2)
        try folder.add("same as 0.jpg", PictureFolder.picture(0, count: 10))
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in .status(request.number <= 3 ? 503 : 201) })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { $0.backoff.firstMilliseconds = 1 }
            #expect(summary.uploaded == 3)
            let sent = server.requests.map {
                [$0.head.headers.first(name: "idempotency-key"), $0.head.headers.first(name: "content-digest")]
            }
            #expect(Set(sent).count == 3)
            #expect(Set(sent.map { $0[1] }).count == 2)
        }
    }

    @Test("a wait that the server asks for is waited for")
    func retryAfterIsHeeded() async throws {
        let folder = try pictures(1)
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            request.number == 1 ? .status(429, headers: [("Retry-After", "1")]) : .status(201)
        })
        let events = EventList()
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url, events: events) {
                $0.backoff.firstMilliseconds = 1
            }
            #expect(summary.uploaded == 1)
            #expect(events.waits.allSatisfy { (1000...1001).contains($0) })
            #expect(events.waits.count == 1)
        }
    }

    @Test(
        "a time to come again is read as seconds or in the three forms of a date",
        arguments: [
            ("0", 0), ("120", 120_000), ("Sun, 06 Nov 1994 08:49:37 GMT", 7000),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 7000),
            ("Sun Nov  6 08:49:37 1994", 7000), ("Sun, 06 Nov 1994 08:49:20 GMT", 0), ("", nil), ("soon", nil),
            ("-1", nil), ("1.5", nil), ("Sun, 06 Nov 1994 25:00:00 GMT", nil), ("Sun, 06 Nov 1994", nil),
        ])
    func retryAfterIsRead(_ field: String, _ expected: Int?) {
        #expect(RetryAfter.milliseconds(field, now: Timestamp(milliseconds: 784_111_770_000)) == expected)
    }

    @Test("the wait is random up to a bound that doubles")
    func backoffDoubles() {
        var backoff = Backoff()
        (backoff.firstMilliseconds, backoff.highestMilliseconds) = (100, 1000)
        #expect((1...6).map { backoff.bound(after: $0) } == [100, 200, 400, 800, 1000, 1000])
        #expect(backoff.bound(after: 1_000_000) == 1000)
        for _ in 0..<1000 { #expect((500...600).contains(backoff.wait(after: 1, asked: 500))) }
        #expect(Set((0..<1000).map { _ in backoff.wait(after: 1) }).count > 50)
    }
}
