import Foundation
import Testing

@testable import ImageUpload

@Suite("Watching a folder", .timeLimit(.minutes(5)))
struct WatchTests {
    @Test("what is there and what comes is sent, each once, also in new folders, and moved or changed files")
    func comingFilesAreSent() async throws {
        let folder = try PictureFolder()
        let outside = try PictureFolder()
        try folder.add("a/0.jpg", PictureFolder.picture(0, count: 10))
        try outside.add("moved.jpg", PictureFolder.picture(1, count: 10))
        let (arrivals, arrival) = AsyncStream.makeStream(of: [UInt8].self)
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            arrival.yield(request.body)
            return .status(201)
        })
        try await PictureServer.serving(behaviour) { server in
            let url = server.url
            let task = Task { try await upload(folder, to: url) { $0.watches = true } }
            var bodies = arrivals.makeAsyncIterator()
            #expect(await bodies.next() == PictureFolder.picture(0, count: 10))
            try FileManager.default.moveItem(atPath: "\(outside.path)/moved.jpg", toPath: "\(folder.path)/moved.jpg")
            #expect(await bodies.next() == PictureFolder.picture(1, count: 10))
            try folder.add("new/deep/2.jpg", PictureFolder.picture(2, count: 10))
            #expect(await bodies.next() == PictureFolder.picture(2, count: 10))
            try folder.add("a/0.jpg", PictureFolder.picture(3, count: 10))
            #expect(await bodies.next() == PictureFolder.picture(3, count: 10))
            task.cancel()
            let summary = try await task.value
            #expect(summary.uploaded == 4)
            #expect(summary.failed == 0)
            #expect(server.requests.count == 4)
        }
    }

    @Test("a file is told of when its writer closes it, not before")
    func fileIsToldWhenClosed() throws {
        let folder = try PictureFolder()
        let watch = try FolderWatch()
        try watch.add(folder.filePath)
        let path = folder.filePath.appending(Array("a.jpg".utf8))
        let descriptor = path.withSystemPath { open($0, O_WRONLY | O_CREAT, 0o600) }
        try folder.add("b.jpg", [1])
        #expect(write(descriptor, [1], 1) == 1)
        #expect(try watch.next() == .file(folder.filePath.appending(Array("b.jpg".utf8))))
        close(descriptor)
        #expect(try watch.next() == .file(path))
        watch.stop()
        #expect(try watch.next() == .stopped)
    }

    @Test("a folder that comes is told of, with what it is called")
    func folderIsTold() throws {
        let folder = try PictureFolder()
        let watch = try FolderWatch()
        try watch.add(folder.filePath)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/new", withIntermediateDirectories: false)
        #expect(try watch.next() == .folder(folder.filePath.appending(Array("new".utf8))))
    }
}
