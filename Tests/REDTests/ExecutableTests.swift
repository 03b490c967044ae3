import Foundation
import HTTPTestSupport
import TestSupport
import Testing
import TraceLog

/// The program `red` as a process.
struct ExecutableTests {
    @Test func `It serves until SIGTERM, ends with 0, and its log holds the times of its functions`() async throws {
        let folder = try TemporaryFolder()
        let program = try Program(["serve", "--port", "0", "--store", "\(folder.url.path)/new/store"])
        let line = try #require(try await program.firstErrorLine { $0.hasPrefix("listening on ") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        #expect(line == "listening on http://127.0.0.1:\(port)")
        let answer = try #require(try await Exchange(port: port).post(PNG.picture()))
        #expect(answer.status == 201)
        program.terminate()
        let ended = try await program.ended()
        #expect(ended.status == 0)
        #expect(
            ended.paths.isSuperset(of: [
                "POST /images", "POST /images > image.receive", "POST /images > image.receive > image.hash",
                "POST /images > image.store > image.store.sync > image.write",
                "POST /images > image.receive > body.wait",
                "POST /images > image.queue",
                "POST /images > image.measure", "POST /images > image.store",
                "POST /images > image.store > image.store.sync", "POST /images > image.store > image.record",
                "records.commit", "records.commit > image.store.folder", "POST /images > response.encode",
            ]))
    }

    @Test func `An upload in flight at SIGTERM is answered before the program ends`() async throws {
        let folder = try TemporaryFolder()
        let program = try Program(["serve", "--port", "0", "--store", folder.url.path], hoofprint: "off")
        let line = try #require(try await program.firstErrorLine { $0.hasPrefix("listening on ") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        let picture = PNG.picture()
        let head = Exchange.head("POST", "/images", ["Content-Length": "\(picture.count)", "Expect": "100-continue"])
        let answer = try await Exchange(port: port).send([head, picture]) { program.terminate() }
        #expect(answer?.status == 201)
        let ended = try await program.ended()
        #expect(ended.status == 0)
        #expect(folder.files.count == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `More connections than there may be files leave it alive, and it answers when they are gone`() async throws {
        let descriptors = 64
        let folder = try TemporaryFolder()
        let program = try Program(
            ["serve", "--port", "0", "--store", folder.url.path], hoofprint: "off", descriptors: descriptors)
        let bound = try #require(try await program.firstErrorLine { $0.contains("at most ") })
        #expect(bound.contains("connections: the limit on open files is \(descriptors), and "), "\(bound)")
        let line = try #require(try await program.firstErrorLine { $0.hasPrefix("listening on ") })
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
        // Each begins a picture so long that it goes to a file, and stalls.
        let head = Exchange.head("POST", "/images", ["Content-Length": "\(8 << 20)"])
        let crowd = try (0..<200).map { _ in try RawSocket(port: port) }
        for socket in crowd { socket.offer(head + [UInt8](repeating: 0, count: 3 << 20)) }
        _ = try #require(try await program.firstErrorLine { $0.contains("as many connections as there may be") })
        #expect(try program.openDescriptors < descriptors)
        for socket in crowd { socket.close() }
        // Those that wait in the system's queue are taken, and found closed, first.
        while try await Exchange(port: port).request("GET", "/healthz")?.status != 200 {}
        #expect(try await Exchange(port: port).post(PNG.picture())?.status == 201)
        program.terminate()
        let ended = try await program.ended()
        #expect(ended.status == 0)
        #expect(ended.errorLines.count { $0.contains("as many connections as there may be") } == 1)
    }

    @Test func `A port in use is one line on standard error and status 1`() async throws {
        try await TestServer.with { server in
            let folder = try TemporaryFolder()
            let port = server.client.port
            let program = try Program(["serve", "--port", "\(port)", "--store", folder.url.path], hoofprint: "off")
            let ended = try await program.ended()
            #expect(ended.status == 1)
            #expect(
                ended.errorLines == [
                    "red: cannot listen on 127.0.0.1:\(port): another program listens there; "
                        + "stop it, or give another port with --port (0: a free one)"
                ])
        }
    }

    @Test func `A store that cannot be written to is one line on standard error and status 1`() async throws {
        let program = try Program(["serve", "--port", "0", "--store", "/dev/null/store"], hoofprint: "off")
        let ended = try await program.ended()
        #expect(ended.status == 1)
        #expect(
            ended.errorLines == [
                "red: cannot create the folder '/dev/null': Not a directory; "
                    + "make it writable, or give another folder with --store"
            ])
    }

    @Test(arguments: [
        ["--nope"], ["serve", "--port", "70000"], ["measure"], ["serve", "--max-bytes", "0"],
        ["serve", "--allowed-host", "a.example:80"], ["serve", "--keys", "k", "--allowed-host", "a.example"],
        ["serve", "--broker-credentials", "/dev/null"],
        ["serve", "--broker", "amqp://a", "--broker-credentials", "/nowhere/file"],
    ])
    func `A wrong command line is told on standard error, with status 2`(_ arguments: [String]) async throws {
        let ended = try await Program(arguments).ended()
        #expect(ended.status == 2)
        #expect(ended.output == "")
        #expect(ended.errorLines.first?.hasPrefix("Error: ") == true)
    }

    @Test func `Help has an example, and the version is told`() async throws {
        for arguments in [["--help"], ["serve", "--help"], ["measure", "--help"]] {
            let help = try await Program(arguments).ended()
            #expect(help.status == 0)
            #expect(help.output.contains("Example"))
        }
        #expect(try await Program(["--version"]).ended().output == "red 0.1.0\n")
    }

    @Test func `Files that cannot be measured are told one by one, the others are measured`() async throws {
        let folder = try TemporaryFolder()
        let good = folder.url.appendingPathComponent("good.png").path
        let bad = folder.url.appendingPathComponent("bad.png").path
        try Data(PNG.picture()).write(to: URL(fileURLWithPath: good))
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: bad))
        let mixed = try await Program(["measure", good, bad, "/nowhere.png"]).ended()
        #expect(mixed.status == 1)
        #expect(mixed.output.contains(good))
        #expect(mixed.errorLines.count == 2)
        #expect(mixed.errorLines.first?.hasPrefix("red: cannot measure '\(bad)': ") == true)
        let json = try await Program(["measure", "--json", good]).ended()
        #expect(json.status == 0)
        #expect(json.errorLines == [])
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [[String: Any]])
        let recorded = try await Program(["measure", good], hoofprint: "aggregate").ended()
        #expect(recorded.paths.contains("image.measure"))
    }
}
