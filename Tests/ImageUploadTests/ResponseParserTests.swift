import NIOCore
import SeededRandom
import Testing

@testable import ImageUpload

@Suite("Answers")
struct ResponseParserTests {
    /// What the parser makes of `text` in pieces of `size` bytes: the statuses of the answers, or the error.
    private func statuses(_ text: String, pieces size: Int) throws -> [Int] {
        var parser = ResponseParser()
        var statuses: [Int] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            parser.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            while parser.hasInput, let response = try parser.next() { statuses.append(response.status) }
        }
        if let last = parser.end() { statuses.append(last.status) }
        return statuses
    }

    @Test("answers are told apart however their bytes come", arguments: [1, 2, 3, 7, 64, 10_000])
    func answersAreToldApart(_ size: Int) throws {
        let text =
            "HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc"
            + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
            + "\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"
            + "HTTP/1.1 422 No\ncontent-length: 0\n\nHTTP/1.0 500 \r\n\r\nrest"
        #expect(try statuses(text, pieces: size) == [201, 200, 204, 304, 422, 500])
    }

    @Test(
        "whether the connection is kept is told by the answer",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, close\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false),
            ("HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: 70_000), false),
        ])
    func keeping(_ text: String, _ keeps: Bool) throws {
        var parser = ResponseParser()
        parser.append(ByteBuffer(string: text))
        let response = try #require(try parser.next())
        #expect(response.keepsConnection == keeps)
        #expect(response.body.readableBytes <= ServerResponse.bodyLimitBytes)
    }

    @Test("random changes to answers are read or refused, in any pieces alike")
    func mutationsAreReadOrRefused() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let sound =
            "HTTP/1.1 201 Created\r\nContent-Length: 3\r\nRetry-After: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        for _ in 0..<3000 {
            var bytes = Array(sound.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...127, using: &random), at: place)
                }
            }
            let outcomes = [1, 5, 1000].map { size -> String in
                var parser = ResponseParser()
                var seen: [Int] = []
                do {
                    for start in stride(from: 0, to: bytes.count, by: size) {
                        parser.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                        while parser.hasInput, let response = try parser.next() { seen.append(response.status) }
                    }
                } catch {
                    return "\(seen) refused"
                }
                return "\(seen)"
            }
            #expect(Set(outcomes).count == 1, "seed \(seed): \(bytes)")
        }
    }
}
