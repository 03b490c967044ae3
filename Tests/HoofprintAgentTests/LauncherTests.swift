import Foundation
import TestSupport
import Testing

@Suite("hoofprint-agent", .serialized)
struct LauncherTests {
    private let programs = SampledPrograms.result

    private func launch(_ arguments: [String], _ environment: [String: String] = [:]) throws -> LoggedRun {
        try LoggedRun.run(BuiltAgent.result.get().launcher.path, arguments, environment)
    }

    @Test("runs a program with the agent, in place of itself")
    func runs() throws {
        let run = try launch(["--sample", "997", "--sink=file:LOG", "--", programs.get().path("busy")])
        #expect(run.status == 3 && run.output == "computed\n" && run.error == "")
        let session = try #require(run.log.only)
        #expect(session.pid == run.pid && session.share(of: "churn") > 0.9)
    }

    @Test("takes the variables where no option is given, and looks programs up in PATH")
    func variables() throws {
        let folder = URL(fileURLWithPath: try programs.get().path("busy")).deletingLastPathComponent().path
        let run = try launch(["busy"], ["HOOFPRINT_SAMPLE": "499:wall", "HOOFPRINT_SINK": "file:LOG", "PATH": folder])
        #expect(run.status == 3 && run.output == "computed\n" && run.error == "")
        let session = try #require(run.log.only)
        #expect(session.share { $0.what == "running" } > 0.5)
        #expect(session.share { $0.what == "cpu" } == 0)
    }

    @Test("goes through env to a script's interpreter")
    func script() throws {
        let script = Repository.file("Tests/HoofprintAgentTests/Programs/computing.py").path
        let python = try ProgramRun.run("python3", ["-c", "import sys; print(sys.executable)"])
        let folder = URL(fileURLWithPath: python.output).deletingLastPathComponent().path
        let run = try launch(["--sink", "file:LOG", script], ["PATH": folder])
        #expect(run.status == 0 && run.output == "computed\n" && run.error == "")
        #expect(try #require(run.log.only).program.hasPrefix("python"))
    }

    @Test("says of a shell's script what is sampled")
    func shell() throws {
        let folder = try TemporaryFolder()
        let script = try write("#!/bin/sh\necho done\n", to: "start", in: folder)
        let run = try launch(["--sink", "none", script])
        #expect(run.status == 0 && run.output == "done\n")
        #expect(
            run.error == """
                hoofprint-agent: '\(script)' is a script of sh: what is sampled is the shell, not the programs it runs; name \
                the program itself, or preload the agent within the script

                """)
    }

    @Test("says why a program cannot be sampled, and what to do")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let program = try [UInt8](Data(contentsOf: URL(fileURLWithPath: programs.get().path("nothing"))))
        let fixed = try programs.get().path("busy-static")
        var small = program
        small[4] = 1
        let loader = try #require(program.firstRange(of: "/ld-linux".utf8)).lowerBound
        var musl = program
        musl.replaceSubrange(loader..<loader + 8, with: "/ld-musl".utf8)
        let text = try write("hello\n", to: "text", in: folder)
        let through = try write("#!/usr/bin/env -S a b\n", to: "through", in: folder)
        let other = try write(small, to: "other", in: folder)
        let foreign = try write(musl, to: "foreign", in: folder)
        let cases: [([String], Int32, String)] = [
            (
                [fixed], 2,
                "'\(fixed)' is statically linked: nothing can be preloaded into it; build it without -static-executable (C: "
                    + "without -static), or add Hoofprint to it"
            ),
            ([text], 2, "'\(text)' is neither an ELF program nor a script: nothing can be preloaded into it"),
            ([other], 2, "'\(other)' is a program of another machine or word size than this agent"),
            ([foreign], 2, "'\(foreign)' is loaded by musl ("),
            (
                [through], 2,
                "'\(through)' begins with '#!/usr/bin/env -S a b', and the agent would be loaded into /usr/bin/env;"
            ),
            (["/not/there"], 127, "'/not/there' is not there"),
            (["certainly-not-there"], 127, "'certainly-not-there' is in no folder of PATH"),
            ([], 2, "no program is given; see hoofprint-agent --help"),
            (["--rate", "5"], 2, "there is no option '--rate'; see hoofprint-agent --help"),
            (["--sample"], 2, "--sample needs a value"),
            (["--sample", "1001:wall", fixed], 2, "--sample '1001:wall' is no number from 1 to 10000"),
        ]
        for (arguments, status, message) in cases {
            let run = try launch(arguments)
            #expect(run.status == status && run.output == "", "\(arguments)")
            #expect(run.error.hasPrefix("hoofprint-agent: \(message)") && run.error.hasSuffix("\n"), "\(run.error)")
        }
    }

    @Test(
        "refuses a program that runs with another user's or group's rights, and runs one that has its caller's already")
    func privileges() throws {
        let folder = try TemporaryFolder()
        let program = try [UInt8](Data(contentsOf: URL(fileURLWithPath: programs.get().path("nothing"))))
        func copy(_ name: String, user: uid_t, group: gid_t, mode: mode_t) throws -> String {
            let path = try write(program, to: name, in: folder)
            // A change of owner takes the bits away.
            try #require(chown(path, user, group) == 0 && chmod(path, mode) == 0)
            return path
        }
        let own = try copy("own", user: geteuid(), group: getegid(), mode: 0o6755)
        #expect(try launch(["--sink", "none", own]).status == 0)
        // Only root gives files away; others are refused at a program of the system's that is root's.
        var foreign = ["/usr/bin/su"]
        if geteuid() == 0 {
            foreign = [
                try copy("user", user: 1, group: getegid(), mode: 0o4755),
                try copy("group", user: geteuid(), group: 1, mode: 0o2755),
            ]
        }
        for path in foreign {
            let run = try launch(["--sink", "none", path, "--help"])
            #expect(run.status == 2 && run.output == "", "\(run.output)")
            #expect(
                run.error == """
                    hoofprint-agent: '\(path)' runs with more rights than its caller (set-user-ID or set-group-ID): the \
                    loader ignores LD_PRELOAD; run it as the user it changes to, or add Hoofprint to it

                    """)
        }
    }

    @Test("refuses damaged programs, wherever they are cut")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let program = try [UInt8](Data(contentsOf: URL(fileURLWithPath: programs.get().path("nothing"))))
        for length in stride(from: 0, through: 400, by: 20) {
            let cut = try write(Array(program.prefix(length)), to: "cut", in: folder)
            let run = try launch([cut])
            #expect([2, 126].contains(run.status) && !run.wasEndedBySignal && run.error.contains("'\(cut)'"))
        }
        for offset in 32..<64 {
            var spoilt = program
            spoilt[offset] = 0xff
            let run = try launch(["--sink", "none", write(spoilt, to: "spoilt", in: folder)])
            #expect(!run.wasEndedBySignal && [0, 2, 126].contains(run.status), "\(offset): \(run.status)")
        }
    }

    @Test("helps")
    func help() throws {
        let run = try launch(["--help"])
        #expect(run.status == 0 && run.error == "")
        #expect(run.output.contains("EXAMPLE: hoofprint-agent --sample 99 --sink file:server.log ./server --port 8080"))
    }

    private func write(_ text: String, to name: String, in folder: TemporaryFolder) throws -> String {
        try write(Array(text.utf8), to: name, in: folder)
    }

    private func write(_ bytes: [UInt8], to name: String, in folder: TemporaryFolder) throws -> String {
        let file = folder.url.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file.path
    }
}
