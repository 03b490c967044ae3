import Foundation
import TestSupport
import Testing
import TraceLog

@testable import TraceReport
@testable import TraceSymbols

@Suite("Symbols and debug information out of files", .serialized)
struct SymbolFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    @discardableResult
    private func run(_ command: [String], status: Int32 = 0) throws -> ProgramRun {
        let run = try ProgramRun.run(command[0], Array(command.dropFirst()))
        #expect(run.status == status, "\(run.error.prefix(2000))")
        return run
    }

    /// The model and the stacks of a log.
    private static func read(
        _ log: String, source: (any SymbolSource)? = nil, change: (inout ModuleRecord) -> Void = { _ in }
    ) -> (model: SymbolModel, modules: [ModuleRecord], stacks: [SampleRecord.Stack]) {
        var model = SymbolModel(source: source)
        var budget = ModelBudget(Limits())
        var stacks: [SampleRecord.Stack] = []
        var modules: [ModuleRecord] = []
        for line in log.utf8.split(separator: UInt8(ascii: "\n")) {
            switch RecordDecoder.decode(Array(line)) {
            case .record(_, .module(var module)):
                change(&module)
                modules.append(module)
                #expect(model.take(module, budget: &budget))
            case .record(_, .symbol(let symbol)): #expect(model.take(symbol, budget: &budget))
            case .record(_, .sample(let sample)): if let stack = sample.stack { stacks.append(stack) }
            default: break
            }
        }
        return (model, modules, stacks)
    }

    private static func names(_ stack: SampleRecord.Stack, _ model: SymbolModel) -> [SymbolFrame] {
        stack.frames.enumerated().flatMap { model.frames(at: $1, isReturnAddress: $0 > 0) }
    }

    private func scenario(_ program: String) throws -> String { try run([program, "stacked"]).error }

    @Test("a process writes the names of what a sampler saw, once")
    func fromTheProcess() throws {
        let log = try scenario(productsFolder.appendingPathComponent("hoofprint-scenarios").path)
        let (model, modules, stacks) = Self.read(log)
        let deep = try #require(stacks.max { $0.frames.count < $1.frames.count })
        #expect(deep.isPhysicalOnly)
        let functions = Self.names(deep, model).map(\.function)
        for name in ["knead(", "closure #1", "bake(", "stacked() -> ()"] {
            #expect(functions.contains { $0.contains(name) }, "\(name) in \(functions)")
        }
        #expect(functions.contains { $0.contains("Foundation.Thread.") })
        let known = functions.count { !$0.contains("+0x") }
        #expect(known * 10 >= functions.count * 7, "the C library's own are stripped: \(functions)")
        // The first place stands for itself, and so do callers.
        let other = try #require(stacks.first { $0.frames.first?.module == 0 })
        #expect(Self.names(other, model).first?.function == "[generated]+0x12345678")
        #expect(
            model.frames(at: try #require(other.callers.first), isReturnAddress: false).map(\.function) == ["qsort"])
        #expect(!other.isPhysicalOnly)
        #expect(Set(modules.map(\.id)).count == modules.count)
        #expect(modules.allSatisfy { $0.layout != 0 && !$0.path.isEmpty })
        let symbols = log.split(separator: "\n").filter { $0.contains("~hp1 symbol ") }
        // Without the record's number and checksum.
        let texts = symbols.map { $0.split(separator: " ").dropFirst(4).dropLast() }
        #expect(Set(texts).count == symbols.count)
    }

    @Test("a stripped program is named by the file it was stripped from, or its debug file in a folder")
    func stripped() throws {
        let whole = productsFolder.appendingPathComponent("hoofprint-scenarios").path
        try run(["strip", "-o", path("scenarios"), whole])
        try FileManager.default.createDirectory(atPath: path("debug/.build-id/ab"), withIntermediateDirectories: true)
        try run(["objcopy", "--only-keep-debug", whole, path("debug/.build-id/ab/cdef.debug")])
        let log = try scenario(path("scenarios"))
        let bare = Self.read(log)
        let deep = try #require(bare.stacks.max { $0.frames.count < $1.frames.count })
        #expect(!Self.names(deep, bare.model).contains { $0.function.contains("bake(") })
        #expect(Self.names(deep, bare.model).contains { $0.function.hasPrefix("scenarios+0x") })
        for file in [whole, path("debug")] {
            for hasBuildID in [true, false] {
                let files = try SymbolFiles(paths: [file])
                let (model, modules, _) = Self.read(log, source: files) { if !hasBuildID { $0.buildID = "" } }
                #expect(files.complaints(about: modules).isEmpty)
                let frames = Self.names(deep, model)
                let bake = try #require(frames.first { $0.function.contains(".bake(") }, "\(frames.map(\.function))")
                #expect(bake.file?.hasSuffix("StackScenario.swift") == true)
                #expect(bake.line ?? 0 > 0)
                #expect(bake.module == "scenarios")
            }
        }
    }

    private static let source = """
        int volatile sink;
        static inline __attribute__((always_inline)) int innermost(int x) {
            sink = x;
            return sink * 3;
        }
        static inline __attribute__((always_inline)) int inner(int x) {
            return innermost(x + 1) + 1;
        }
        __attribute__((noinline)) int outer(int x) {
            return inner(x) * 2;
        }
        int main(int count, char **words) {
            return outer(count) == 7;
        }
        """

    /// A small program in C, built with flags; answers its path.
    private func program(_ name: String, _ flags: [String]) throws -> String {
        let text = folder.url.appendingPathComponent("small.c")
        try Data(Self.source.utf8).write(to: text)
        try run(["clang", "-O2", "-o", path(name)] + flags + [text.path])
        return path(name)
    }

    private func module(_ file: String) throws -> ModuleRecord {
        let file = try #require(SymbolFile(path: file, isNamed: true))
        return ModuleRecord(id: 1, buildID: file.buildID, layout: file.layout, path: file.path, bias: 0)
    }

    @Test(
        "inlined functions are frames of their own, each with the line of its call",
        arguments: ["-gdwarf-4", "-gdwarf-5"])
    func inlined(version: String) throws {
        let file = try program("small", [version, "-Wl,--build-id"])
        let files = try SymbolFiles(paths: [file])
        let module = try module(file)
        #expect(module.buildID.count == 40)
        let functions = SymbolTable.functions(ofFile: file)
        let outer = try #require(
            (0..<0x40_0000 as Range<UInt64>).lazy.compactMap { functions.function(at: $0) }.first { $0.name == "outer" }
        )
        var chains: Set<[String]> = []
        for address in outer.start..<(outer.start + outer.size) {
            let found = files.functions(in: module, at: address)
            #expect(found.last?.name == "outer")
            #expect(found.last?.isInlined == false)
            #expect(found.dropLast().allSatisfy { $0.isInlined })
            #expect(found.allSatisfy { $0.file?.hasSuffix("small.c") == true })
            chains.insert(found.map { "\($0.name ?? "?"):\($0.line ?? 0)" })
        }
        #expect(chains.contains { $0.dropFirst() == ["inner:7", "outer:10"] && $0[0].hasPrefix("innermost:") })
    }

    @Test("another build is told, with both marks; and a file that is none, with what is wrong")
    func wrongFile() throws {
        let right = try program("small", ["-g", "-Wl,--build-id"])
        let module = try module(right)
        let wrong = try program("small2", ["-g", "-DX", "-Wl,--build-id=0x1234"])
        try FileManager.default.createDirectory(atPath: path("other"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: wrong, toPath: path("other/small"))
        let files = try SymbolFiles(paths: [path("other/small")])
        let complaint = try #require(files.complaints(about: [module]).first)
        #expect(complaint.contains("1234") && complaint.contains(module.buildID) && complaint.contains("another build"))
        #expect(files.functions(in: module, at: 0x1000).isEmpty)
        #expect(try SymbolFiles(paths: [path("other")]).complaints(about: [module]).count == 1)
        #expect(files.complaints(about: []) == ["the logs hold no stacks, so there is nothing to name"])
        #expect(throws: SymbolFileError.self) { try SymbolFiles(paths: [self.path("small.c")]) }
        #expect(throws: SymbolFileError.self) { try SymbolFiles(paths: [self.path("missing")]) }
    }

    @Test("without build ids the layout tells builds apart, and strip does not change it")
    func layout() throws {
        let file = try program("small", ["-g", "-Wl,--build-id=none"])
        let module = try module(file)
        #expect(module.buildID.isEmpty)
        try run(["strip", "-o", path("bare"), file])
        try run(["objcopy", "--only-keep-debug", file, path("bare.debug")])
        for copy in ["bare", "bare.debug"] {
            let copy = try #require(SymbolFile(path: path(copy), isNamed: true))
            #expect(SymbolFiles.isFile(copy, of: module))
        }
        let other = try #require(SymbolFile(path: try program("big", ["-O0", "-Wl,--build-id=none"]), isNamed: true))
        #expect(!SymbolFiles.isFile(other, of: module))
    }

    @Test("files cut short and garbled name something or nothing", arguments: [1, 2] as [UInt64])
    func garbled(seed: UInt64) throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try program("small", ["-g"]))))
        let module = try module(path("small"))
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<150 {
            var bytes = whole
            if next(3) == 0 { bytes.removeLast(next(bytes.count)) }
            for _ in 0..<next(60) where !bytes.isEmpty { bytes[next(bytes.count)] = UInt8(next(256)) }
            for _ in 0..<next(8) where bytes.count > 0x1000 { bytes[next(0x400)] = UInt8(next(256)) }
            try Data(bytes).write(to: URL(fileURLWithPath: path("garbled")))
            guard let file = SymbolFile(path: path("garbled"), isNamed: true) else { continue }
            let files = try SymbolFiles(paths: [path("garbled")])
            var module = module
            (module.buildID, module.layout) = (file.buildID, file.layout)
            for address in stride(from: 0x600 as UInt64, to: 0x2000, by: 37) {
                _ = files.functions(in: module, at: address)
            }
        }
    }

    @Test("trace-report --symbols: the right file is taken silently, another is told, none is status 66")
    func command() throws {
        let report = productsFolder.appendingPathComponent("trace-report").path
        let whole = productsFolder.appendingPathComponent("hoofprint-scenarios").path
        let log = path("server.log")
        try Data(try scenario(whole).utf8).write(to: URL(fileURLWithPath: log))
        #expect(try run([report, log, "--symbols", whole]).error.isEmpty)
        let other = try run([report, log, "--symbols", report]).error
        #expect(other.contains("trace-report: --symbols: '\(report)' has"))
        let none = try run([report, log, "--symbols", log], status: 66).error
        #expect(none.contains("cannot take symbols from '\(log)': it is no 64-bit ELF"))
    }
}
