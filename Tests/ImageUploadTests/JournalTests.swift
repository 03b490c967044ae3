import Foundation
import Testing

@testable import ImageUpload

@Suite("Journals", .timeLimit(.minutes(5)))
struct JournalTests {
    private let url = "http://h/images"

    private func entry(_ name: String, size: Int = 1, time: Int = 1) -> UploadJournal.Entry {
        .init(path: FilePath(name), size: size, modificationNanoseconds: time)
    }

    private func journal(_ folder: PictureFolder, url: String? = nil) throws -> UploadJournal {
        try UploadJournal(folder.filePath.appending(Array("journal".utf8)), url: url ?? self.url, remembers: false)
    }

    @Test("a second run sends only what is missing or was changed", arguments: [false, true])
    func secondRunSendsTheRest(asForm: Bool) async throws {
        let folder = try PictureFolder()
        let journal = try PictureFolder()
        for index in 0..<30 { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 100)) }
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            .status(request.number.isMultiple(of: 3) ? 422 : 201)
        })
        let path = journal.filePath.appending(Array("journal".utf8))
        try await PictureServer.serving(behaviour) { server in
            let first = try await upload(folder, to: server.url) { ($0.journal, $0.sendsForms) = (path, asForm) }
            #expect((first.uploaded, first.failed, first.resumed) == (20, 10, 0))
            try folder.add("31.jpg", PictureFolder.picture(31, count: 100))
            let before = server.requests.count
            let second = try await upload(folder, to: server.url) { ($0.journal, $0.sendsForms) = (path, asForm) }
            #expect(second.resumed == 20)
            #expect(server.requests.count - before == 11)
        }
    }

    @Test("what was noted is there again, whatever the names")
    func entriesAreRead() throws {
        let folder = try PictureFolder()
        let entries = (FolderTests.hostileNames + [Array("a b\n c".utf8), [0xFF, 0xC3, 0x28], Array("u{1}".utf8)]).map {
            UploadJournal.Entry(path: FilePath(bytes: $0), size: $0.count, modificationNanoseconds: -5)
        }
        do {
            let first = try journal(folder)
            for entry in entries { first.note(entry) }
            try first.write()
        }
        let second = try journal(folder)
        for entry in entries { #expect(second.has(entry), "\(entry.path)") }
        #expect(!second.has(entry("a")))
    }

    @Test("a picture of another size or time is another")
    func changedIsOther() throws {
        let journal = try journal(try PictureFolder())
        journal.note(entry("a", size: 1, time: 1))
        #expect(journal.has(entry("a", size: 1, time: 1)))
        #expect(!journal.has(entry("a", size: 2, time: 1)))
        #expect(!journal.has(entry("a", size: 1, time: 2)))
    }

    @Test("a journal cut off at any byte has every line before, and takes new ones")
    func tornTailIsTolerated() throws {
        let folder = try PictureFolder()
        let path = "\(folder.path)/journal"
        do {
            let first = try journal(folder)
            for index in 0..<5 { first.note(entry("\(index)")) }
            try first.write()
        }
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let header = try #require(whole.firstIndex(of: 0x0A))
        for length in (header + 1)...whole.count {
            try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
            do {
                let torn = try journal(folder)
                // A line that lacks nothing but its end is whole by its checksum, and yet it is not believed.
                let lines = whole[..<length].filter { $0 == 0x0A }.count - 1
                #expect((0..<5).map { torn.has(entry("\($0)")) } == (0..<5).map { $0 < lines })
                torn.note(entry("new"))
                try torn.write()
            }
            #expect(try journal(folder).has(entry("new")))
        }
    }

    @Test("a line that was changed is not believed")
    func changedLineIsNotBelieved() throws {
        let folder = try PictureFolder()
        do {
            let first = try journal(folder)
            for index in 0..<3 { first.note(entry("\(index)")) }
            try first.write()
        }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/journal")))
        // The last line's path.
        bytes[bytes.count - 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/journal"))
        let second = try journal(folder)
        #expect((0..<4).map { second.has(entry("\($0)")) } == [true, true, false, false])
    }

    @Test("a journal of another target, another file, and one that is used are refused")
    func othersAreRefused() throws {
        let folder = try PictureFolder()
        let path = "\(folder.path)/journal"
        do {
            let first = try journal(folder)
            #expect(
                throws: UploadJournal.Unusable(
                    description: "cannot use the journal '\(path)': another upload uses it; wait for it")
            ) { try journal(folder) }
            _ = first.has(entry("a"))
        }
        #expect(
            throws: UploadJournal.Unusable(
                description:
                    "cannot use the journal '\(path)': it is of uploads to \(url); give another file for each target")
        ) { try journal(folder, url: "http://other") }
        try Data("precious\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(
            throws: UploadJournal.Unusable(
                description:
                    "cannot use the journal '\(path)': it is not a journal of upload-images; give another file, or remove it"
            )
        ) { try journal(folder) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious\n")
    }

    @Test("the checksum is that of zip")
    func checksum() { #expect(CRC32.of(Array("123456789".utf8)[...]) == 0xCBF4_3926) }
}
