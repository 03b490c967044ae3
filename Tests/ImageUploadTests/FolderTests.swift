import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import ImageUpload

@Suite("Folders", .timeLimit(.minutes(5)))
struct FolderTests {
    static let hostileNames: [[UInt8]] = [
        Array("a\r\nX-Evil: 1.jpg".utf8), Array("quote\".jpg".utf8), Array("back\\slash.jpg".utf8),
        Array("\u{1B}[2J.jpg".utf8), [0x66, 0xFF, 0xFE, 0x2E, 0x6A, 0x70, 0x67], Array("żółw 🐢.jpg".utf8),
        Array("-rf.jpg".utf8), Array("\u{202E}gpj.exe.jpg".utf8), Array("%0D%0A.jpg".utf8),
    ]

    @Test("names of any bytes are sent, and none of them gets out of its header", arguments: [false, true])
    func hostileNamesAreSent(asForm: Bool) async throws {
        let folder = try PictureFolder()
        for (index, name) in Self.hostileNames.enumerated() {
            try folder.add(name, PictureFolder.picture(index, count: 100))
        }
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url) { $0.sendsForms = asForm }
            #expect(summary.uploaded == Self.hostileNames.count)
            for request in server.requests {
                #expect(request.head.headers["x-evil"] == [])
                guard asForm else { continue }
                let lines = try FormPart(request).headers.components(separatedBy: "\r\n")
                #expect(lines.count == 2)
                #expect(lines[0].hasPrefix(#"Content-Disposition: form-data; name="image"; filename=""#))
                #expect(lines[0].filter { $0 == "\"" }.count == 4)
                #expect(lines[1] == "Content-Type: image/jpeg")
            }
        }
    }

    @Test("a name that fails is printed without control characters")
    func hostileNamesArePrintedEscaped() async throws {
        let folder = try PictureFolder()
        for name in Self.hostileNames { try folder.add(name, PictureFolder.jpegStart) }
        try await PictureServer.serving(.init(toRequest: { _, _ in .status(500) })) { server in
            let summary = try await upload(folder, to: server.url) { $0.attempts = 1 }
            let names = Set(summary.failures.map(\.path.nameText))
            let expected: Set = [
                #"a\r\nX-Evil: 1.jpg"#, #"quote".jpg"#, #"back\\slash.jpg"#, #"\u{1b}[2J.jpg"#, #"f\xFF\xFE.jpg"#,
                "żółw 🐢.jpg", "-rf.jpg", #"\u{202e}gpj.exe.jpg"#, "%0D%0A.jpg",
            ]
            #expect(names == expected)
        }
    }

    @Test("links, FIFOs and other files are skipped, loops end, empty pictures are sent")
    func zooIsWalked() async throws {
        let folder = try PictureFolder()
        try folder.add("deep/er/picture.jpg", PictureFolder.jpegStart)
        try folder.add("deep/picture without ending", PictureFolder.jpegStart)
        try folder.add("empty.png", [])
        try folder.add("notes.txt", Array("text".utf8))
        try folder.add("empty", [])
        try folder.link("deep/loop", to: "..")
        try folder.link("dangling.jpg", to: "nowhere")
        try folder.link("link.jpg", to: "deep/er/picture.jpg")
        #expect(mkfifo("\(folder.path)/fifo.jpg", 0o600) == 0)
        let events = EventList()
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url, events: events)
            #expect(summary.uploaded == 3)
            #expect(summary.skipped == 6)
            #expect(summary.failed == 0)
            #expect(
                events.skipped == [
                    "loop": .symbolicLink, "dangling.jpg": .symbolicLink, "link.jpg": .symbolicLink,
                    "fifo.jpg": .notRegularFile, "notes.txt": .notPicture, "empty": .notPicture,
                ])
            #expect(Set(server.requests.map(\.body)) == [PictureFolder.jpegStart, []])
        }
    }

    @Test(
        "files and folders that cannot be read fail with the reason, and the others are sent",
        .disabled(if: getuid() == 0))
    func unreadableFails() async throws {
        let folder = try PictureFolder()
        for name in ["a.jpg", "b/closed.jpg", "c.jpg"] { try folder.add(name, PictureFolder.jpegStart) }
        #expect(chmod("\(folder.path)/a.jpg", 0) == 0)
        #expect(chmod("\(folder.path)/b", 0) == 0)
        defer { chmod("\(folder.path)/b", 0o700) }
        try await PictureServer.serving { server in
            let summary = try await upload(folder, to: server.url)
            #expect(summary.uploaded == 1)
            #expect(summary.failures.map(\.path.nameText).sorted() == ["a.jpg", "b"])
            #expect(Set(summary.failures.map(\.message)) == ["cannot read it: Permission denied"])
        }
    }

    @Test("a folder is walked in the order of its names")
    func walkIsSorted() throws {
        let folder = try PictureFolder()
        for name in ["b/2.jpg", "b/1.jpg", "a.jpg", "c.jpg", "b.jpg"] { try folder.add(name, []) }
        var walk = try FolderWalk(folder.filePath)
        var paths: [String] = []
        while let entry = walk.next() {
            guard case .file(let path) = entry else { continue }
            paths.append(String(path.description.dropFirst(folder.path.count + 1)))
        }
        #expect(paths == ["a.jpg", "b/1.jpg", "b/2.jpg", "b.jpg", "c.jpg"])
    }

    @Test("a file that changes in size or in content after it was opened is told")
    func changingFileIsTold() throws {
        let folder = try PictureFolder()
        try folder.add("a.jpg", PictureFolder.picture(1, count: 1000))
        let path = folder.filePath.appending(Array("a.jpg".utf8))
        let file = try #require(try PictureFile.open(path, following: false))
        #expect(throws: Never.self) { try file.checkUnchanged() }
        try folder.add("a.jpg", PictureFolder.picture(2, count: 1000))
        #expect(throws: PictureFile.Failure.contentChanged) { try file.checkUnchanged() }
        try folder.add("a.jpg", PictureFolder.picture(1, count: 1001))
        #expect(throws: PictureFile.Failure.sizeChanged(from: 1004, to: 1005)) { try file.checkUnchanged() }
        try folder.add("a.jpg", PictureFolder.picture(1, count: 10))
        var bytes = ByteBuffer()
        #expect(throws: PictureFile.Failure.sizeChanged(from: 1004, to: 14)) {
            try file.read(count: 1004, at: 0, into: &bytes)
        }
    }

    @Test(
        "symbolic links are treated as asked for",
        arguments: [
            (UploadOptions.SymbolicLinks.skip, ["a/1.jpg"], 3), (.files, ["a/1.jpg", "link.jpg"], 2),
            (.follow, ["a/1.jpg", "link.jpg"], 0),
        ])
    func symbolicLinks(_ policy: UploadOptions.SymbolicLinks, _ expected: [String], _ skipped: Int) throws {
        let folder = try PictureFolder()
        try folder.add("a/1.jpg", [])
        try folder.link("b", to: "a")
        try folder.link("link.jpg", to: "a/1.jpg")
        try folder.link("a/up", to: "..")
        var walk = try FolderWalk(folder.filePath, links: policy)
        var paths: [String] = []
        var links = 0
        while let entry = walk.next() {
            switch entry {
            case .file(let path): paths.append(String(decoding: path.relative(to: folder.filePath), as: UTF8.self))
            case .skipped(_, .symbolicLink): links += 1
            default: Issue.record("\(entry)")
            }
        }
        #expect(paths == expected)
        #expect(links == skipped)
    }

    @Test("only files that the filter admits are sent")
    func filterIsHeeded() async throws {
        let folder = try PictureFolder()
        try folder.add("a.jpg", PictureFolder.picture(1, count: 100))
        try folder.add("b.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        try folder.add("drafts/c.jpg", PictureFolder.picture(2, count: 100))
        try folder.add("deep/er/d.jpg", PictureFolder.picture(3, count: 10_000))
        func sent(_ change: (inout FileFilter) throws -> Void) async throws -> [Int] {
            var filter = FileFilter()
            try change(&filter)
            let fixed = filter
            return try await PictureServer.serving { server in
                let summary = try await upload(folder, to: server.url) { $0.filter = fixed }
                #expect(summary.isComplete)
                return server.requests.map(\.body.count).sorted()
            }
        }
        #expect(try await sent { $0.included = [try Glob("*.jpg")] } == [104, 104, 10_004])
        #expect(try await sent { $0.excluded = [try Glob("drafts")] } == [8, 104, 10_004])
        #expect(try await sent { $0.included = [try Glob("deep/**")] } == [10_004])
        #expect(try await sent { $0.kinds = [.png] } == [8])
        #expect(try await sent { ($0.minimumBytes, $0.maximumBytes) = (50, 5000) } == [104, 104])
    }
}
