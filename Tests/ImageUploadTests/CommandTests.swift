import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ImageUpload

@Suite("The command upload-images", .timeLimit(.minutes(5)))
struct CommandTests {
    private func run(
        _ arguments: [String], environment: [String: String] = [:], watch: ProgramRun.Watch? = nil
    ) async throws -> ProgramRun {
        try await onThread {
            try .run(productsFolder.appending(path: "upload-images").path, arguments, environment, watch: watch)
        }
    }

    private func pictures(_ count: Int) throws -> PictureFolder {
        let folder = try PictureFolder()
        for index in 0..<count { try folder.add("\(index).jpg", PictureFolder.picture(index, count: 10)) }
        return folder
    }

    @Test("when all are uploaded it prints the summary, nothing else, and exits 0")
    func allUploaded() async throws {
        let folder = try pictures(20)
        try await PictureServer.serving { server in
            let run = try await run([folder.path, "--to", server.url])
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("uploaded 20, already there 0, failed 0, skipped 0; 280 B in "))
            #expect(run.output.hasSuffix(" files/s\n"))
            #expect(run.error == "")
        }
    }

    @Test("when some fail it names each on standard error and exits 1")
    func someFail() async throws {
        let folder = try pictures(3)
        try folder.add("text\n.png", Array("text".utf8))
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            request.body.starts(with: PictureFolder.jpegStart)
                ? .status(201)
                : .status(
                    422, headers: [("Content-Type", "application/problem+json")], body: #"{"detail":"not a picture"}"#)
        })
        try await PictureServer.serving(behaviour) { server in
            let run = try await run([folder.path, "--to", server.url, "--json"])
            let path = "\(folder.path)/text\\n.png"
            #expect(run.status == 1)
            #expect(run.error == "upload-images: \(path): 422 Unprocessable Content: not a picture\n")
            let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            #expect(json?["uploaded"] as? Int == 3)
            #expect(json?["failed"] as? Int == 1)
            #expect(json?["ending"] as? String == "completed")
            let failures = json?["failures"] as? [[String: Any]]
            #expect(failures?.first?["path"] as? String == path)
            #expect(failures?.first?["status"] as? Int == 422)
        }
    }

    @Test("without a server it says so once, with the mend, and exits 1")
    func noServer() async throws {
        let folder = try pictures(20)
        let url = "http://127.0.0.1:\(try ServerProcess.freePort())"
        let run = try await run([folder.path, "--to", url, "--attempts", "2"])
        #expect(run.status == 1)
        #expect(
            run.error
                == "upload-images: cannot reach \(url)/images: Connection refused; start the server, or give another URL with --to\n"
        )
    }

    @Test(
        "what is wrong on the command line exits 2",
        arguments: [
            (["FOLDER"], "Error: Missing expected argument '--to <url>'"),
            (
                ["FOLDER", "--to", "http://h", "--ca", "x"],
                "Error: --ca is for https; give an https URL with --to, or leave --ca out"
            ),
            (
                ["FOLDER", "--to", "https://h", "--ca", "/nowhere"],
                "Error: cannot use the certificates in '/nowhere': No such file or directory"
            ),
            (
                ["FOLDER", "--to", "http://h", "--include", "[a"],
                "Error: --include '[a': a [ without its ]; write \\[ for the character"
            ),
            (
                ["FOLDER", "--to", "http://h", "--token-file", "/nowhere"],
                "Error: --token-file: cannot read the token in '/nowhere': No such file or directory; give a file with the token alone"
            ),
            (
                ["FOLDER", "--to", "http://h", "--journal", "/"],
                "Error: cannot use the journal '/': Is a directory"
            ),
            (
                ["FOLDER", "--to", "http://h", "--concurrency", "0"],
                "Error: --concurrency 0: give a number from 1 to 256"
            ),
            (["FOLDER", "--to", "http://h", "--timeout", "0"], "Error: --timeout 0: give seconds from 1 to 86400"),
            (
                ["/nowhere", "--to", "http://h"],
                "Error: cannot read the folder '/nowhere': No such file or directory; give one that exists"
            ),
        ])
    func usage(_ arguments: [String], _ message: String) async throws {
        let folder = try pictures(1)
        let run = try await run(arguments.map { $0 == "FOLDER" ? folder.path : $0 })
        #expect(run.status == 2)
        #expect(run.error.split(separator: "\n").first.map(String.init) == message)
        #expect(run.output == "")
    }

    @Test("a dry run lists what would be sent, and sends nothing")
    func dryRun() async throws {
        let folder = try pictures(2)
        try folder.add("notes.txt", [])
        try await PictureServer.serving { server in
            let run = try await run([folder.path, "--to", server.url, "--dry-run"])
            #expect(run.status == 0)
            #expect(
                run.output == """
                    \(folder.path)/0.jpg  image/jpeg  14
                    \(folder.path)/1.jpg  image/jpeg  14
                    would send 2, failed 0, skipped 1; 28 B

                    """)
            #expect(server.connections == 0)
        }
    }

    @Test("an interrupt ends it with the summary and status 130")
    func interrupt() async throws {
        let folder = try pictures(20)
        let behaviour = PictureServer.Behaviour(toRequest: { request, _ in
            request.number <= 3 ? .status(201) : .nothing
        })
        try await PictureServer.serving(behaviour) { server in
            let run = try await run(
                [folder.path, "--to", server.url, "--concurrency", "1", "--pipeline", "1"],
                watch: .init(SIGINT) { _, _ in server.requests.count > 3 })
            #expect(run.status == 130)
            #expect(run.output.hasPrefix("uploaded 3, already there 0, failed 1, skipped 0; "))
            #expect(run.error.hasSuffix(".jpg: interrupted before the server answered\n"))
        }
    }

    @Test("with HOOFPRINT set it records its spans")
    func spansAreRecorded() async throws {
        let folder = try pictures(5)
        try await PictureServer.serving { server in
            let run = try await run([folder.path, "--to", server.url], environment: ["HOOFPRINT": "aggregate"])
            #expect(run.status == 0)
            for name in ["file.prepare", "connection.flush", "response.read"] {
                #expect(run.error.contains(" name=\(name) function="), "\(name)")
            }
        }
    }
}
