import Foundation
import HTTPTestSupport
import Testing

@testable import RED

/// `POST /red`, and `quick`.
struct MeasureOnlyTests {
    @Test func `A picture is measured and not kept`() async throws {
        try await TestServer.with { server in
            let answer = try #require(
                try await server.client.request("POST", "/red", body: PNG.picture(width: 5, height: 7)))
            #expect(answer.status == 200)
            #expect(try answer.json["red"] as? Int == 1_000_000)
            #expect(try answer.json["id"] == nil)
            #expect(server.folder.files == [])
            let form = try await server.client.request(
                "POST", "/red", ["Content-Type": Form.type],
                body: Form.file(PNG.picture(width: 5, height: 7)) + Form.end)
            #expect(form?.body == answer.body)
            try expectProblem(try #require(try await server.client.request("POST", "/red", body: [1, 2])), 415)
            let list = try #require(try await server.client.request("GET", "/images"))
            #expect(String(decoding: list.body, as: UTF8.self) == "{\"images\":[]}\n")
        }
    }

    @Test func `A quick measurement says that it is approximate, until an exact one is there`() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/photos")
        let names = try FileManager.default.contentsOfDirectory(atPath: file.path).filter { $0.hasSuffix(".jpg") }
        let photo = [UInt8](try Data(contentsOf: file.appendingPathComponent(try #require(names.min()))))
        try await TestServer.with { server in
            func isApproximate(_ path: String) async throws -> Int? {
                try await server.client.request("POST", path, body: photo)?.json["isApproximate"] as? Int
            }
            #expect(try await isApproximate("/red?quick=1") == 1)
            #expect(try await isApproximate("/images?quick=1") == 1)
            #expect(try await isApproximate("/images?quick=0") == 0)
            #expect(try await isApproximate("/images?quick=1") == 0)
            let wrong = try #require(try await server.client.request("POST", "/red?quick=yes", body: photo))
            try expectProblem(wrong, 400)
        }
    }
}
