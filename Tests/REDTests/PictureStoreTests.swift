import Foundation
import TestSupport
import Testing

@testable import RED
@testable import Redness

struct PictureStoreTests {
    private func put(_ bytes: [UInt8], _ store: PictureStore) throws -> (id: PictureID, isNew: Bool) {
        let picture = try store.receive()
        try picture.append(bytes)
        let id = try #require(PictureID(picture.hash))
        return (id, try store.keep(picture, as: id, format: .png))
    }

    @Test func `The hash is SHA-256`() throws {
        let folder = try TemporaryFolder()
        let picture = try PictureStore(folder: folder.url.path).receive()
        try picture.append(Array("a".utf8))
        try picture.append(Array("bc".utf8))
        // FIPS 180-2, appendix B.1.
        #expect(picture.hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `What was kept can be read back, piece by piece`() throws {
        let folder = try TemporaryFolder()
        let store = try PictureStore(folder: folder.url.path)
        let (id, isNew) = try put([1, 2, 3, 4, 5], store)
        #expect(isNew)
        #expect(try !put([1, 2, 3, 4, 5], store).isNew)
        let picture = try #require(try store.open(id))
        #expect(picture.bytes == 5)
        #expect(try picture.read(at: 0, count: 3) == [1, 2, 3])
        #expect(try picture.read(at: 3, count: 3) == [4, 5])
        #expect(try picture.read(at: 5, count: 3) == [])
        #expect(folder.files.count == 1)
    }

    @Test func `A picture that nobody keeps leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        let store = try PictureStore(folder: folder.url.path)
        do {
            let picture = try store.receive()
            try picture.append([1])
            #expect(folder.files.count == 1)
        }
        #expect(folder.files == [])
    }

    @Test func `A start removes what a crash left, and not what is being written`() throws {
        let folder = try TemporaryFolder()
        let store = try PictureStore(folder: folder.url.path)
        let writing = try store.receive()
        let stale = folder.url.appendingPathComponent("incoming/1-left")
        try Data([1]).write(to: stale)
        _ = try PictureStore(folder: folder.url.path)
        #expect(folder.files.map { "\(folder.url.path)/\($0)" } == [writing.path])
    }

    @Test func `A store that is a file is refused, and named`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        let error = #expect(throws: StoreError.self) { try PictureStore(folder: file.path) }
        #expect(error?.description == "cannot create the folder '\(file.path)': Not a directory")
    }

    @Test(arguments: ["", "..", "/etc/passwd", String(repeating: "g", count: 64), String(repeating: "F", count: 64)])
    func `Only 64 lower-case hexadecimal digits are an id`(_ text: String) {
        #expect(PictureID(text) == nil)
    }
}
