import Foundation
import TestSupport
import Testing

@Suite("The agent", .serialized)
struct AgentTests {
    private let programs = SampledPrograms.result

    @Test("samples a C program, whose output and status stay as they are, and writes nothing but valid records")
    func busy() throws {
        let run = try LoggedRun.sampled(programs.get().path("busy"))
        #expect(run.status == 3 && run.output == "computed\n" && run.error == "")
        let session = try #require(run.log.only)
        #expect(run.log.others.isEmpty)
        #expect(session.program == "busy" && session.pid == run.pid && session.endReason == "shutdown")
        #expect(session.count >= 50)
        #expect(session.share(of: "churn") > 0.9)
        #expect(session.share { $0.frames.contains("main") } > 0.9)
    }

    @Test("writes to standard error where no sink is named")
    func standardError() throws {
        let run = try LoggedRun.sampled(programs.get().path("busy"), [], ["HOOFPRINT_SINK": ""])
        #expect(run.status == 3)
        let log = SampledLog(Data(run.error.utf8))
        #expect(log.others.isEmpty)
        #expect(try #require(log.only).share(of: "churn") > 0.9)
    }

    @Test("samples threads of C++ that throw and catch, in mode wall those that wait too")
    func throwing() throws {
        for rate in ["997", "499:wall"] {
            let run = try LoggedRun.sampled(programs.get().path("throwing"), [], ["HOOFPRINT_SAMPLE": rate])
            #expect(run.status == 0 && run.output == "4 threads caught\n" && run.error == "")
            let session = try #require(run.log.only)
            #expect(session.share { $0.what != "cpu" || $0.frames.contains { $0.contains("attempt") } } > 0.9)
            #expect(session.share(of: "compute") > 0.2)
            #expect((session.share { $0.frames.contains("main") && $0.what != "running" } > 0) == (rate == "499:wall"))
        }
    }

    @Test("follows the tasks of Swift programs, whether their runtime is in a library or in themselves")
    func tasks() throws {
        for name in ["tasks", "tasks-with-runtime"] {
            let run = try LoggedRun.sampled(programs.get().path(name))
            #expect(run.status == 0 && run.output == "2 tasks computed\n" && run.error == "")
            let session = try #require(run.log.only)
            #expect(session.share(of: "4leafy") > 0.8, "\(name)")
            // The first samples are of code whose unwind rules were not known yet.
            let isWhole = { (stack: SampledSession.Stack) in
                stack.frames.contains { $0.contains("6middle") } && stack.callers.contains { $0.contains("4root") }
            }
            #expect(session.share(isWhole) > 0.7, "\(name)")
        }
    }

    @Test("samples Python")
    func python() throws {
        let python = try ProgramRun.run("python3", ["-c", "import sys; print(sys.executable)"])
        try #require(python.status == 0, "python3 is not installed: \(python.error)")
        let script = Repository.file("Tests/HoofprintAgentTests/Programs/computing.py").path
        let run = try LoggedRun.sampled(python.output.trimmingCharacters(in: .newlines), [script])
        #expect(run.status == 0 && run.output == "computed\n" && run.error == "")
        let session = try #require(run.log.only)
        #expect(session.count >= 50)
        #expect(session.program.hasPrefix("python"))
    }

    @Test("lives beside a program's own Hoofprint: that records spans, the agent stacks")
    func beside() throws {
        let scenarios = productsFolder.appendingPathComponent("hoofprint-scenarios").path
        let run = try LoggedRun.sampled(scenarios, ["sampled-by-others"])
        #expect(run.status == 0 && run.output == "" && run.error == "")
        let sessions = Array(run.log.sessions.values)
        #expect(sessions.count == 2 && sessions.allSatisfy { $0.pid == run.pid && $0.endReason == "shutdown" })
        #expect(run.log.others.isEmpty)
        let recording = try #require(sessions.first { !$0.spans.isEmpty })
        let sampling = try #require(sessions.first { $0.spans.isEmpty })
        #expect(recording.spans == ["computed"] && recording.count == 0)
        #expect(sampling.share(of: "sampledByOthers") > 0.8)
    }

    @Test("samples forked children in sessions of their own, and leaves what they execute alone")
    func forking() throws {
        let agent = try BuiltAgent.result.get()
        let run = try LoggedRun.sampled(
            programs.get().path("forking"), [], ["LD_PRELOAD": "libm.so.6 \(agent.library.path)"])
        #expect(run.status == 4 && run.error == "")
        #expect(run.output == "workers ended with 33 in all\npreloaded: libm.so.6\nrate: \n")
        let sessions = run.log.sessions.values
        #expect(run.log.others.isEmpty)
        #expect(Set(sessions.map(\.pid)).count == 4 && sessions.count == 4)
        for session in sessions {
            #expect(session.program == "forking" && session.endReason == "shutdown")
            if session.pid != run.pid { #expect(session.count >= 50 && session.share(of: "serve") > 0.9) }
        }
    }

    @Test("says what is missing where no rate is given, and does nothing")
    func noRate() throws {
        let run = try LoggedRun.sampled(programs.get().path("nothing"), [], ["HOOFPRINT_SAMPLE": ""])
        #expect(run.status == 0 && run.log.sessions.isEmpty)
        #expect(
            run.error == """
                hoofprint: libHoofprintAgent.so is loaded, and HOOFPRINT_SAMPLE is not set: nothing is sampled; set it to \
                samples a second, as in HOOFPRINT_SAMPLE=99, or take the agent out of LD_PRELOAD

                """)
        let off = try LoggedRun.sampled(programs.get().path("nothing"), [], ["HOOFPRINT_SAMPLE": "off"])
        #expect(off.status == 0 && off.log.sessions.isEmpty && off.error == "")
    }

    @Test("programs end as ever, however soon they do")
    func short() throws {
        for _ in 0..<30 {
            let run = try LoggedRun.sampled(programs.get().path("nothing"))
            #expect(run.status == 0 && run.error == "" && run.log.others.isEmpty)
            // It may have ended before the agent had begun; a session that was begun was ended.
            #expect(run.log.sessions.values.allSatisfy { $0.endReason == "shutdown" })
        }
    }

    @Test("flushes before a signal ends the program", arguments: [SIGTERM, SIGSEGV])
    func signals(number: Int32) throws {
        let run = try LoggedRun.sampled(
            programs.get().path("busy"), ["\(number)"],
            watch: .ready(number))
        #expect(run.status == number && run.wasEndedBySignal && run.error == "")
        let session = try #require(run.log.only)
        #expect(session.endReason == (number == SIGTERM ? "SIGTERM" : "SIGSEGV"))
        #expect(session.share(of: "churn") > 0.9)
    }

    @Test("leaves the program's own handlers to it")
    func handlers() throws {
        let run = try LoggedRun.sampled(
            programs.get().path("handling"), watch: .ready(SIGTERM))
        #expect(run.status == 7 && !run.wasEndedBySignal && run.error == "")
        #expect(run.output == "ready\nended in order\n")
        #expect(run.log.only?.endReason == "shutdown")
    }

    @Test("gives way to a program that profiles itself, and says so")
    func profiled() throws {
        let run = try LoggedRun.sampled(
            programs.get().path("profiled"),
            watch: .init(SIGTERM) { $0 == "ready\n" && $1.contains("another profiler") })
        #expect(run.status == 0 && run.output == "ready\nstill mine\n")
    }

    @Test("exports nothing, and needs the C library alone")
    func selfContained() throws {
        let agent = try BuiltAgent.result.get()
        let exported = try ProgramRun.run("nm", ["-D", "--defined-only", agent.library.path])
        #expect(exported.status == 0 && exported.output == "")
        let dynamic = try ProgramRun.run("readelf", ["-d", agent.library.path])
        let needed = dynamic.output.matches(of: /NEEDED.*\[(.*)\]/).map { String($0.output.1) }
        #expect(!needed.isEmpty)
        #expect(needed.allSatisfy { $0.hasPrefix("libc.so") || $0.hasPrefix("libm.so") || $0.hasPrefix("ld-linux") })
    }
}
