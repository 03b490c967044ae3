import Foundation
import Testing

@testable import CommandOutput

@Suite("Where a command's output goes")
struct OutputFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("A file is replaced when all of it is there, and nothing else is left")
    func replaced() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("report")
            try Data("before".utf8).write(to: file)
            var output = try OutputFile(file.path)
            try output.write(Array("after".utf8))
            #expect(try String(contentsOf: file, encoding: .utf8) == "before")
            try output.keep()
            #expect(try String(contentsOf: file, encoding: .utf8) == "after")
            #expect(try names(folder) == ["report"])
        }
    }

    @Test("What is not kept leaves the file as it was")
    func dropped() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("report")
            try Data("before".utf8).write(to: file)
            do {
                let output = try OutputFile(file.path)
                try output.write(Array("half".utf8))
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == "before")
            #expect(try names(folder) == ["report"])
        }
    }

    @Test("A link that somebody planted is replaced, or refused, and not followed")
    func links() throws {
        try withFolder { folder in
            let victim = folder.appendingPathComponent("victim")
            try Data("theirs".utf8).write(to: victim)
            let file = folder.appendingPathComponent("report")
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: victim)
            try OutputFile.write(Array("after".utf8), to: file.path)
            #expect(
                try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType == .typeRegular
            )
            let unfinished = folder.appendingPathComponent("report.\(getpid()).tmp")
            try FileManager.default.createSymbolicLink(at: unfinished, withDestinationURL: victim)
            #expect(throws: OutputError.self) { try OutputFile.write(Array("again".utf8), to: file.path) }
            #expect(try String(contentsOf: victim, encoding: .utf8) == "theirs")
        }
    }

    @Test("A full disk and a missing folder are said with the path")
    func refused() throws {
        let full = #expect(throws: OutputError.self) { try OutputFile.write([1], to: "/dev/full") }
        #expect(full?.message == "'/dev/full' cannot be written: No space left on device")
        #expect(full?.isClosedPipe == false)
        let missing = #expect(throws: OutputError.self) { try OutputFile.write([1], to: "/no/such/folder/x") }
        #expect(missing?.message == "'/no/such/folder/x' cannot be written: No such file or directory")
    }
}
