import NIOCore
import Testing

@testable import ImageUpload

@Suite("Concurrency and rate")
struct ConcurrencyTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// Lets a server answer for so many seconds, `throughput(limit)` pictures a second; the limits that were in force.
    private func limits(
        _ control: inout ConcurrencyControl, seconds: Int, from start: NIODeadline, _ throughput: (Int) -> Int
    ) -> [Int] {
        var now = start
        var limits: [Int] = []
        while now < start + .seconds(Int64(seconds)) {
            now = now + .nanoseconds(Int64(1_000_000_000 / throughput(control.limit)))
            control.answered(bytes: 100_000, isLimited: true, at: now)
            limits.append(control.limit)
        }
        return limits
    }

    @Test("connections are added while that helps, up to the most allowed")
    func growsWhileItHelps() {
        var control = ConcurrencyControl(maximum: 64, now: start)
        let limits = limits(&control, seconds: 60, from: start) { 100 * $0 }
        #expect(limits.last == 64)
        #expect(limits == limits.sorted())
    }

    @Test("connections that do not help are given up, and tried ever more rarely")
    func staysWhereItDoesNotHelp() {
        var control = ConcurrencyControl(maximum: 64, now: start)
        let limits = limits(&control, seconds: 60, from: start) { _ in 400 }
        #expect(limits.max() == 6)
        let trials = zip(limits, limits.dropFirst()).filter { $0 < $1 }.count
        #expect((1...15).contains(trials))
        #expect(limits.filter { $0 == 4 }.count > limits.count * 3 / 4)
    }

    @Test("a server with too much to do gets half as many, once for each burst of refusals, and one at least")
    func refusalsHalve() {
        var control = ConcurrencyControl(maximum: 64, now: start)
        _ = limits(&control, seconds: 60, from: start) { 100 * $0 }
        let later = start + .seconds(100)
        for _ in 0..<20 { control.refused(at: later) }
        #expect(control.limit == 32)
        for second in 1...10 { control.refused(at: later + .seconds(Int64(second))) }
        #expect(control.limit == 1)
        #expect(limits(&control, seconds: 300, from: later + .seconds(11)) { 100 * $0 }.last == 64)
    }

    @Test("a rate is kept over any time, with a tenth of a second to make up for")
    func rateIsKept() {
        var rate = RateLimit(bytesPerSecond: 1_000_000)
        var now = start
        var sent = 0
        while now < start + .seconds(10) {
            if let wait = rate.wait(at: now) { now = now + wait }
            rate.sent(50_000, at: now)
            sent += 50_000
        }
        #expect((9_900_000...10_200_000).contains(sent))
        #expect(RateLimit(bytesPerSecond: 1).pieceBytes == 4096)
        #expect(RateLimit(bytesPerSecond: .max).pieceBytes == 1 << 20)
    }

    @Test("an upload at a limited rate sends all, large pictures in pieces", .timeLimit(.minutes(5)))
    func limitedUploadArrives() async throws {
        let folder = try PictureFolder()
        for index in 0..<20 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 1000)) }
        try folder.add("large.jpg", PictureFolder.picture(20, count: 300_000))
        let events = EventList()
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url, events: events) { $0.bytesPerSecond = 800_000 }
            #expect(summary.uploaded == 21)
            #expect(events.sent.max() == RateLimit(bytesPerSecond: 800_000).pieceBytes)
            #expect(events.sent.reduce(0, +) == summary.bytes)
        }
    }

    @Test("small pictures are pipelined on a connection that is kept, and never where it is not")
    func pipelining() async throws {
        let folder = try PictureFolder()
        for index in 0..<100 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url) { ($0.concurrency, $0.pipelining) = (1, 16) }
            #expect(summary.uploaded == 100)
            #expect(server.connections == 1)
        }
        let closing = PictureServer.Behaviour(toRequest: { _, _ in .status(201, headers: [("Connection", "close")]) })
        try await PictureServer.serving(closing) { server in
            let summary = try await upload(folder, to: server.url) { $0.concurrency = 2 }
            #expect(summary.uploaded == 100)
            #expect(server.requests.count == 100)
            #expect(server.connections == 100)
        }
    }
}
