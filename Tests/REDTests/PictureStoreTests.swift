import Foundation
import TestSupport
import Testing
import WallClock

@testable import RED
@testable import Redness

struct PictureStoreTests {
    private func open(_ folder: TemporaryFolder) throws -> PictureStore {
        try PictureStore(folder: folder.url.path, logger: TestServer.silentLogger)
    }

    private func record(_ id: PictureID, _ client: String, isApproximate: Bool = false) -> PictureRecord {
        PictureRecord(
            id: id, client: client, received: Timestamp(milliseconds: 1_000), bytes: 5,
            measurement: PictureMeasurement(
                redPixels: 1, pixels: 2, width: 2, height: 1, format: .png, isApproximate: isApproximate))
    }

    private func put(
        _ bytes: [UInt8], _ store: PictureStore, client: String = "ann", isApproximate: Bool = false,
        isSynchronized: Bool = false
    ) async throws -> (id: PictureID, isNew: Bool, record: PictureRecord) {
        let picture = store.receive()
        defer { picture.discard() }
        try picture.append(bytes)
        if isSynchronized { try picture.synchronize() }
        let id = PictureID(hash: try #require(picture.hash))
        let kept = try await store.keep(
            record(id, client, isApproximate: isApproximate), from: picture,
            isSynchronized: isSynchronized, request: "")
        return (id, kept.isNew, kept.record)
    }

    @Test func `What is kept is its user's alone`() async throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appendingPathComponent("store")
        let store = try PictureStore(folder: root.path, logger: TestServer.silentLogger)
        _ = try await put([1, 2, 3], store)
        let names = try #require(FileManager.default.enumerator(atPath: root.path)?.allObjects as? [String])
        #expect(names.contains { $0.hasSuffix(".png") } && names.contains { $0.hasSuffix("-wal") })
        for name in names + [""] {
            let attributes = try FileManager.default.attributesOfItem(atPath: root.appendingPathComponent(name).path)
            let mode = attributes[.posixPermissions] as? Int ?? 0o777
            // The lock's file holds nothing.
            #expect(mode & 0o077 == 0 || attributes[.size] as? Int == 0, "\(name)")
        }
    }

    @Test func `The hash is SHA-256`() throws {
        let folder = try TemporaryFolder()
        let picture = try open(folder).receive()
        try picture.append(Array("a".utf8))
        try picture.append(Array("bc".utf8))
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(PictureID(hash: try #require(picture.hash)).text == expected)
    }

    @Test func `What was kept can be read back, piece by piece`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        let (id, isNew, _) = try await put([1, 2, 3, 4, 5], store)
        #expect(isNew)
        #expect(try await !put([1, 2, 3, 4, 5], store).isNew)
        let picture = try #require(try store.open(id, of: "ann"))
        #expect(picture.bytes == 5)
        #expect(try picture.read(at: 0, count: 3) == [1, 2, 3])
        #expect(try picture.read(at: 3, count: 3) == [4, 5])
        #expect(try picture.read(at: 5, count: 3) == [])
        #expect(folder.files.count == 1)
    }

    @Test func `Bytes are there once for all clients, and go with the last record`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        let (id, _, _) = try await put([1, 2, 3], store, client: "ann")
        #expect(try await put([1, 2, 3], store, client: "ben").isNew)
        #expect(folder.files.count == 1)
        #expect(try await store.remove(id, of: "ann"))
        #expect(try store.open(id, of: "ann") == nil)
        #expect(try store.open(id, of: "ben") != nil)
        #expect(folder.files.count == 1)
        #expect(try await !store.remove(id, of: "ann"))
        #expect(try await store.remove(id, of: "ben"))
        #expect(folder.files == [])
        #expect(try await put([1, 2, 3], store, client: "ann").isNew)
        #expect(folder.files.count == 1)
    }

    @Test func `Many at once are each there, with removals between them`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let (id, _, _) = try await put([UInt8(number % 40), 7], store, client: "c\(number % 5)")
                    if number % 40 == 39 { _ = try await store.remove(id, of: "c\(number % 5)") }
                }
            }
            try await group.waitForAll()
        }
        // 40 contents of one client each, for 40 is a multiple of 5; the one that was also removed may be there or not.
        let records = try store.list(RecordQuery(limit: 1_000))
        #expect((39...40).contains(records.count))
        #expect(Set(records.map(\.id.text)) == Set(folder.files.map { String($0.dropFirst(3).prefix(64)) }))
    }

    @Test func `A record that cannot be written takes its file with it, and nobody else's`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        let script = """
            import sqlite3, sys
            sqlite3.connect(sys.argv[1]).execute("CREATE TRIGGER no BEFORE INSERT ON record WHEN NEW.client = 'ben'"
                " BEGIN SELECT RAISE(ABORT, 'not him'); END")
            """
        let file = folder.url.appendingPathComponent("records.sqlite").path
        let run = try await onThread { try ProgramRun.run("python3", ["-c", script, file]) }
        #expect(run.error == "")
        await withTaskGroup(of: Void.self) { group in
            for number in UInt8(0)..<20 {
                group.addTask {
                    await #expect(throws: StoreError.self) { try await put([number, 1], store, client: "ben") }
                    await #expect(throws: Never.self) { try await put([number, 2], store, client: "ann") }
                }
            }
        }
        #expect(try store.list(RecordQuery()).count == 20)
        #expect(folder.files.count == 20)
    }

    @Test func `An exact measurement takes the place of an approximate one, and not the other way round`() async throws
    {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        #expect(try await put([1], store, isApproximate: true).record.isApproximate)
        #expect(try await !put([1], store, isApproximate: false).record.isApproximate)
        let last = try await put([1], store, isApproximate: true)
        #expect(!last.record.isApproximate)
        #expect(last.record.answer.contains("\"isApproximate\":false"))
    }

    @Test func `A picture that nobody keeps leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        do {
            let picture = store.receive()
            try picture.append([1])
            #expect(folder.files.count == 1)
        }
        #expect(folder.files == [])
    }

    @Test func `A small picture is in memory until it is kept, or there is no room`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        let picture = store.receive()
        #expect(picture.appendInMemory([1, 2]))
        #expect(picture.appendInMemory([3]))
        #expect(folder.files == [])
        let id = PictureID(hash: try #require(picture.hash))
        #expect(try await store.keep(record(id, "ann"), from: picture, isSynchronized: false, request: "").isNew)
        #expect(try #require(try store.open(id, of: "ann")).read(at: 0, count: 4) == [1, 2, 3])

        let long = store.receive()
        #expect(long.appendInMemory([4]))
        #expect(!long.appendInMemory([UInt8](repeating: 5, count: ReceivingMemory.maximumPictureBytes)))
        try long.append([6])
        #expect(!long.isInMemory)
        #expect(!long.appendInMemory([7]))
        #expect(long.bytes == 2)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: long.file()))) == [4, 6])
    }

    @Test func `Pictures being received share their memory, and give it back`() {
        let memory = ReceivingMemory(bytes: 3)
        let picture = IncomingPicture(in: "/nowhere", memory: memory)
        do {
            let other = IncomingPicture(in: "/nowhere", memory: memory)
            #expect(other.appendInMemory([1, 2]))
            #expect(!picture.appendInMemory([1, 2]))
            #expect(throws: StoreError.self) { try picture.append([1, 2]) }
        }
        #expect(memory.take(3))
    }

    @Test func `A start removes what a crash left: half files, and files without a record`() async throws {
        let folder = try TemporaryFolder()
        let kept: PictureID
        do {
            let store = try open(folder)
            kept = try await put([1, 2, 3], store).id
        }
        try Data([1]).write(to: folder.url.appendingPathComponent("incoming/left"))
        let id = String(repeating: "a", count: 64)
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("aa"), withIntermediateDirectories: true)
        try Data([1]).write(to: folder.url.appendingPathComponent("aa/\(id).png"))
        try Data([1]).write(to: folder.url.appendingPathComponent("aa/notes.txt"))
        let store = try open(folder)
        #expect(folder.files == ["aa/notes.txt", "\(kept.text.prefix(2))/\(kept.text).png"].sorted())
        #expect(try store.open(kept, of: "ann") != nil)
    }

    @Test func `Pictures from before there were records are taken in, and damaged ones set aside`() throws {
        let folder = try TemporaryFolder()
        let shard = folder.url.appendingPathComponent("ab")
        try FileManager.default.createDirectory(at: shard, withIntermediateDirectories: true)
        let good = "ab" + String(repeating: "0", count: 62)
        let bad = "ab" + String(repeating: "1", count: 62)
        try Data(PNG.picture()).write(to: shard.appendingPathComponent("\(good).png"))
        try Data([1, 2]).write(to: shard.appendingPathComponent("\(bad).png"))
        let store = try open(folder)
        let records = try store.list(RecordQuery())
        #expect(records.map(\.id.text) == [good])
        #expect(records.first?.client == "anonymous")
        #expect(records.first?.red == 1_000_000)
        #expect(folder.files == ["ab/\(good).png", "damaged/\(bad)"])
    }

    @Test func `A second server on the same folder is refused`() throws {
        let folder = try TemporaryFolder()
        let store = try open(folder)
        let error = #expect(throws: StoreError.self) { try open(folder) }
        #expect(error?.description.contains("another server keeps its pictures in this folder") == true)
        withExtendedLifetime(store) {}
    }

    @Test func `A store that is a file is refused, and named`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        let error = #expect(throws: StoreError.self) {
            try PictureStore(folder: file.path, logger: TestServer.silentLogger)
        }
        #expect(error?.description == "cannot create the folder '\(file.path)': Not a directory")
    }

    @Test func `Records that are no database are refused, and named`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("records.sqlite")
        try Data(repeating: 7, count: 5_000).write(to: file)
        let error = #expect(throws: StoreError.self) { try open(folder) }
        #expect(error?.description == "cannot use the records in '\(file.path)': file is not a database")
    }

    @Test(arguments: ["", "..", "/etc/passwd", String(repeating: "g", count: 64), String(repeating: "F", count: 64)])
    func `Only 64 lower-case hexadecimal digits are an id`(_ text: String) {
        #expect(PictureID(text) == nil)
    }
}
