import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ImageUpload

@Suite("Uploading", .timeLimit(.minutes(5)))
struct UploadTests {
    @Test("every picture of the folder and below arrives byte for byte", arguments: [false, true])
    func everyPictureArrives(asForm: Bool) async throws {
        let folder = try PictureFolder()
        var expected: Set<[UInt8]> = []
        for index in 0..<200 {
            // Around and above the size of a chunk, too.
            let picture = PictureFolder.picture(index, count: index % 20 == 0 ? 64 * 1024 - 8 + index % 7 : index)
            expected.insert(picture)
            try folder.add("\(index % 7)/\(index % 3)/picture \(index).jpg", picture)
        }
        let large = PictureFolder.picture(1000, count: 3_000_000)
        try folder.add("large.jpeg", large)
        expected.insert(large)

        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url) { $0.sendsForms = asForm }
            #expect(summary.uploaded == 201)
            #expect(summary.isComplete)
            #expect(summary.bytes == expected.reduce(0) { $0 + $1.count })
            let bodies = try server.requests.map { asForm ? try FormPart($0).content : $0.body }
            #expect(Set(bodies) == expected)
            #expect(bodies.count == expected.count)
            for request in server.requests {
                #expect(request.head.uri == "/images")
                #expect(request.head.headers["host"] == ["127.0.0.1:\(server.port)"])
                #expect(request.head.headers["content-length"] == ["\(request.body.count)"])
            }
        }
    }

    @Test("connections are kept: as many are opened as pictures are sent at a time")
    func connectionsAreKept() async throws {
        let folder = try PictureFolder()
        for index in 0..<50 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url) { $0.concurrency = 3 }
            #expect(summary.uploaded == 50)
            #expect((1...3).contains(server.connections))
        }
    }

    @Test("exactly as many pictures as asked for are on their way at a time")
    func concurrencyIsBounded() async throws {
        let folder = try PictureFolder()
        for index in 0..<16 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        // Nobody is answered before four wait, so fewer would never end, and more would be seen.
        let gate = Gate(opensAt: 4)
        let behaviour = PictureServer.Behaviour(toRequest: { _, channel in
            gate.wait(channel)
            return .nothing
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url) { ($0.concurrency, $0.pipelining) = (4, 1) }
            #expect(summary.uploaded == 16)
            #expect(gate.most == 4)
            #expect(server.connections == 4)
        }
    }

    @Test("the media type is told by content, not by name")
    func mediaTypeIsToldByContent() async throws {
        let contents: [String: [UInt8]] = [
            "image/jpeg": PictureFolder.jpegStart, "image/png": [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
            "image/gif": Array("GIF89a".utf8), "image/webp": Array("RIFF\0\0\0\0WEBPVP8 ".utf8),
            "application/octet-stream": Array("text in disguise".utf8),
        ]
        let folder = try PictureFolder()
        for (index, content) in contents.values.enumerated() { try folder.add("\(index).PNG", content) }
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == contents.count)
            let sent = server.requests.map { ($0.head.headers.first(name: "content-type") ?? "", $0.body) }
            #expect(Dictionary(uniqueKeysWithValues: sent) == contents)
        }
    }

    @Test("pictures the server had already are counted apart")
    func picturesAlreadyThereAreCountedApart() async throws {
        let folder = try PictureFolder()
        for index in 0..<10 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            .status(request.number.isMultiple(of: 2) ? 200 : 201, body: "{}")
        })
        try await PictureServer.serving(behaviour) { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == 5)
            #expect(summary.alreadyThere == 5)
            #expect(summary.isComplete)
        }
    }
}

/// Holds answers back until enough wait, and lets those through together.
private final class Gate: Sendable {
    private struct State {
        var waiting: [any Channel] = []
        var most = 0
    }

    private let count: Int
    private let state = Mutex(State())

    init(opensAt count: Int) { self.count = count }

    var most: Int { state.withLock { $0.most } }

    func wait(_ channel: any Channel) {
        let released = state.withLock { state -> [any Channel] in
            state.waiting.append(channel)
            state.most = max(state.most, state.waiting.count)
            guard state.waiting.count >= count else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for channel in released { PictureServer.send(.status(201, body: "{}"), on: channel) }
    }
}

/// The one part of a form, taken apart strictly.
struct FormPart {
    let headers: String
    let content: [UInt8]

    struct Malformed: Error {}

    init(_ request: PictureServer.Request) throws {
        let type = request.head.headers.first(name: "content-type") ?? ""
        guard let range = type.firstRange(of: "multipart/form-data; boundary=") else { throw Malformed() }
        let boundary = type[range.upperBound...]
        let (start, end) = (Array("--\(boundary)\r\n".utf8), Array("\r\n--\(boundary)--\r\n".utf8))
        guard request.body.starts(with: start), request.body.suffix(end.count) == end[...] else { throw Malformed() }
        let part = request.body.dropFirst(start.count).dropLast(end.count)
        guard let blank = part.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Malformed() }
        headers = String(decoding: part[..<blank.lowerBound], as: UTF8.self)
        content = Array(part[blank.upperBound...])
    }
}
