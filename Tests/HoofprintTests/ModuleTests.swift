import CHoofprint
import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Hoofprint

@Suite("Loaded objects and their symbols")
struct ModuleTests {
    /// Makes a library of C.
    private static func compile(_ arguments: [String]) throws {
        let build = try ProgramRun.run("clang", ["-shared", "-fPIC"] + arguments)
        try #require(build.status == 0, "\(build.error)")
    }

    private struct Symbol: Hashable {
        var address: UInt64
        var size: UInt64
        var name: String
    }

    private final class Symbols {
        var all: [Symbol] = []
    }

    private static func symbols(_ path: String) -> [Symbol]? {
        let symbols = Symbols()
        let isRead = hp_visit_symbols(
            path,
            { context, symbol in
                guard let context, let symbol = symbol?.pointee else { return false }
                let name = UnsafeRawBufferPointer(start: symbol.name, count: symbol.name_length)
                Unmanaged<Symbols>.fromOpaque(context).takeUnretainedValue().all.append(
                    Symbol(address: symbol.address, size: symbol.size, name: String(decoding: name, as: UTF8.self)))
                return true
            }, Unmanaged.passUnretained(symbols).toOpaque())
        return isRead ? symbols.all : nil
    }

    @Test("a library that is loaded, unloaded and loaded again keeps its number, and is found when it is gone")
    func library() throws {
        let folder = try TemporaryFolder()
        let source = folder.url.appendingPathComponent("lib.c")
        let library = folder.url.appendingPathComponent("libtold.so").path
        try Data("int told(void) { return 7; }\n".utf8).write(to: source)
        try Self.compile(["-Wl,--build-id", "-o", library, source.path])
        let modules = try #require(hp_make_modules())
        defer { hp_free_modules(modules) }
        #expect(hp_refresh_modules(modules))
        let first = try #require(hp_module_at(modules, 0))
        #expect(first.pointee.is_program)
        #expect(String(cString: first.pointee.path).hasSuffix(".xctest"))

        let handle = try #require(dlopen(library, RTLD_NOW))
        let address = UInt64(UInt(bitPattern: dlsym(handle, "told")))
        try #require(address != 0)
        #expect(hp_refresh_modules(modules))
        let loaded = try #require(hp_module_of(modules, address)).pointee
        #expect(loaded.is_loaded)
        #expect(String(cString: loaded.path) == library)
        #expect(loaded.layout == hp_file_layout(library))
        #expect(loaded.text_start <= address && address < loaded.text_end)
        let told = try #require(Self.symbols(library)?.first { $0.name == "told" })
        #expect(told.address + loaded.bias == address)

        dlclose(handle)
        #expect(hp_refresh_modules(modules))
        let gone = try #require(hp_module_of(modules, address)).pointee
        #expect(!gone.is_loaded)
        #expect(gone.id == loaded.id)
        #expect(hp_module_of(modules, 16) == nil)
    }

    @Test("functions are found as a search through all symbols finds them", arguments: ["own", "libc"])
    func functions(file: String) throws {
        let address = UInt64(UInt(bitPattern: try #require(dlsym(nil, "qsort"))))
        let modules = try #require(hp_make_modules())
        defer { hp_free_modules(modules) }
        hp_refresh_modules(modules)
        let object = file == "own" ? hp_module_at(modules, 0) : hp_module_of(modules, address)
        let path = String(cString: try #require(object).pointee.path)
        let symbols = try #require(Self.symbols(path)).filter { $0.size > 0 }
        #expect(symbols.count > 1000)
        var asked: Set<UInt64> = []
        for symbol in symbols.enumerated().filter({ $0.offset % (symbols.count / 200) == 0 }).map(\.element) {
            asked.formUnion([symbol.address, symbol.address + symbol.size - 1, symbol.address + symbol.size])
        }
        let addresses = asked.sorted()
        let found = FunctionSearch.functions(inFile: path, layout: 0, module: 1, at: addresses)
        for address in addresses {
            let covering = symbols.filter { $0.address <= address && address - $0.address < $0.size }
            guard let start = covering.map(\.address).max() else { continue }
            let function = try #require(found.first { $0.start == start })
            #expect(covering.contains { $0.address == start && $0.name.hasPrefix(function.name) })
        }
        #expect(FunctionSearch.functions(inFile: path, layout: 1, module: 1, at: addresses).isEmpty)
    }

    @Test("files that are cut, garbled or no files at all give symbols or none", arguments: [1, 2, 3] as [UInt64])
    func garbled(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let source = folder.url.appendingPathComponent("lib.c")
        let library = folder.url.appendingPathComponent("lib.so")
        let text = (0..<300).map { "int told_\($0)(void) { return \($0); }\n" }.joined()
        try Data(text.utf8).write(to: source)
        try Self.compile(["-o", library.path, source.path])
        let whole = [UInt8](try Data(contentsOf: library))
        var random = seed
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % UInt64(bound))
        }
        let headers = Int(whole[0x28]) | Int(whole[0x29]) << 8
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<next(6) { bytes[next(64)] = UInt8(next(256)) }
            for _ in 0..<next(30) { bytes[headers + next(bytes.count - headers)] = UInt8(next(256)) }
            for _ in 0..<next(200) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(2) == 0 { bytes.removeLast(next(bytes.count)) }
            try Data(bytes).write(to: library)
            _ = Self.symbols(library.path)
            _ = hp_file_layout(library.path)
            _ = FunctionSearch.functions(inFile: library.path, layout: 0, module: 1, at: [0, 0x1000, 0x1010, .max])
        }
        for path in ["/dev/null", "/dev/zero", folder.url.path, "/nowhere", ""] {
            #expect(Self.symbols(path) == nil)
            #expect(hp_file_layout(path) == 0)
        }
    }

    @Test("addresses become locations, the same ones for the same object, and names are asked for once")
    func locations() throws {
        var loaded = LoadedModules()
        let address = UInt64(UInt(bitPattern: try #require(dlsym(nil, "qsort"))))
        let location = loaded.location(of: address, isReturnAddress: false)
        #expect(location.module == 1)
        #expect(loaded.location(of: address + 1, isReturnAddress: true).rawValue == location.rawValue + 1)
        let module = try #require(loaded.modules.first)
        let symbols = FunctionSearch.functions(
            inFile: try #require(module.file), layout: module.record.layout, module: 1, at: [location.address])
        #expect(symbols.map(\.start) == [location.address])
        #expect(loaded.location(of: 16, isReturnAddress: false) == CodeLocation(module: 0, address: 16))
        #expect(loaded.location(of: .max, isReturnAddress: false) == .unknown)
        #expect(loaded.location(of: 0, isReturnAddress: true) == .unknown)
        #expect(loaded.modules.count == 1)
    }
}
