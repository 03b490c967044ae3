import Testing
import TraceLog

@testable import TraceReport

@Suite("Names of places in code")
struct SymbolModelTests {
    private static func model(
        _ modules: [ModuleRecord], _ symbols: [SymbolRecord], source: (any SymbolSource)? = nil,
        limits: Limits = Limits()
    ) -> (model: SymbolModel, refused: Int) {
        var model = SymbolModel(source: source)
        var budget = ModelBudget(limits)
        var refused = 0
        for module in modules where !model.take(module, budget: &budget) { refused += 1 }
        for symbol in symbols where !model.take(symbol, budget: &budget) { refused += 1 }
        return (model, refused)
    }

    private static let library = ModuleRecord(id: 3, buildID: "ab", layout: 1, path: "/usr/lib/libfoo.so", bias: 0)

    private static func place(_ module: UInt16, _ address: UInt64) -> CodeLocation {
        CodeLocation(module: module, address: address) ?? .unknown
    }

    @Test("a place has the name of the function that holds it; a return address that of the call before")
    func names() {
        let (model, _) = Self.model(
            [Self.library],
            [
                SymbolRecord(module: 3, start: 0x200, size: 0x10, name: "second"),
                SymbolRecord(module: 3, start: 0x100, size: 0x100, name: "first"),
            ])
        func name(_ address: UInt64, isReturnAddress: Bool = false) -> String? {
            model.frames(at: Self.place(3, address), isReturnAddress: isReturnAddress).first?.function
        }
        #expect(name(0x100) == "first")
        #expect(name(0x1ff) == "first")
        #expect(name(0x200) == "second")
        #expect(name(0x200, isReturnAddress: true) == "first")
        #expect(name(0x210, isReturnAddress: true) == "second")
        #expect(name(0x210) == "libfoo.so+0x210")
        #expect(name(0xff) == "libfoo.so+0xff")
    }

    @Test("what is learned later is known from then on")
    func later() {
        var (model, _) = Self.model([], [])
        var budget = ModelBudget(Limits())
        let place = Self.place(3, 0x100)
        #expect(model.frames(at: place, isReturnAddress: false).map(\.function) == ["[module 3]+0x100"])
        #expect(model.take(Self.library, budget: &budget))
        #expect(model.frames(at: place, isReturnAddress: false).map(\.function) == ["libfoo.so+0x100"])
        #expect(model.take(SymbolRecord(module: 3, start: 0x100, size: 1, name: "f"), budget: &budget))
        #expect(model.frames(at: place, isReturnAddress: false).map(\.function) == ["f"])
    }

    @Test("what nothing is known of says where it is")
    func unknown() {
        let (model, _) = Self.model([ModuleRecord(id: 1, buildID: "", layout: 0, path: "", bias: 0)], [])
        func name(_ module: UInt16, _ address: UInt64) -> String? {
            model.frames(at: Self.place(module, address), isReturnAddress: false).first?.function
        }
        #expect(name(0, 0) == "[unknown]")
        #expect(name(0, 0x7fff) == "[generated]+0x7fff")
        #expect(name(1, 0x10) == "[vdso]+0x10")
        #expect(name(9, 0x10) == "[module 9]+0x10")
    }

    @Test("bounds are kept, and records that no place can name are refused")
    func bounds() {
        var limits = Limits()
        limits.modules = 2
        limits.symbols = 3
        let modules = (0..<4 as Range<UInt64>).map {
            ModuleRecord(id: $0, buildID: "", layout: 0, path: "/m\($0)", bias: 0)
        }
        let symbols = (0..<5 as Range<UInt64>).map { SymbolRecord(module: 1, start: $0, size: 1, name: "s") }
        let far = [SymbolRecord(module: 1 << 16, start: 0, size: 0, name: "s")]
        let (_, refused) = Self.model(modules, symbols + symbols.prefix(3) + far, limits: limits)
        // Module 0 and one too many, two functions too many, the far one.
        #expect(refused == 2 + 2 + 1)
    }

    private struct Inliner: SymbolSource {
        func functions(in module: ModuleRecord, at address: UInt64) -> [SourceFunction] {
            guard module.buildID == "ab", address == 0x100 else { return [] }
            return [
                SourceFunction(name: "$s1e1gyyF", file: "/src/e.swift", line: 3, isInlined: true),
                SourceFunction(name: nil, file: "/src/e.swift", line: 9),
            ]
        }
    }

    @Test("a source of debug information is asked first, and the log names what it cannot")
    func source() {
        let symbol = SymbolRecord(module: 3, start: 0x100, size: 2, name: "_ZN3foo3barEi")
        let (model, _) = Self.model([Self.library], [symbol], source: Inliner())
        let frames = model.frames(at: Self.place(3, 0x101), isReturnAddress: true)
        #expect(
            frames == [
                SymbolFrame(
                    function: "e.g() -> ()", linkerName: "$s1e1gyyF", file: "/src/e.swift", line: 3, isInlined: true,
                    module: "libfoo.so"),
                SymbolFrame(
                    function: "foo::bar(int)", linkerName: "_ZN3foo3barEi", file: "/src/e.swift", line: 9,
                    module: "libfoo.so"),
            ])
        #expect(model.frames(at: Self.place(3, 0x101), isReturnAddress: false).map(\.function) == ["foo::bar(int)"])
    }

    @Test(
        "linker's names are shown as people write them",
        arguments: [
            ("main", "main"),
            ("", ""),
            ("$s19hoofprint_scenarios7stackedyyF", "hoofprint_scenarios.stacked() -> ()"),
            ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)"),
            (
                "$s19hoofprint_scenarios15returnAddresses33_2168CC021D4BC70BB96BCB2DFFE73774LLSays6UInt64VGyF",
                "hoofprint_scenarios.returnAddresses() -> Swift.Array<Swift.UInt64>"
            ),
            ("$s1e1fyyYaFTY0_", "e.f() async -> ()"),
            ("$s1e1fyyYaFTQ1_", "e.f() async -> ()"),
            ("$s1e1hyyxlFSi_Tg5", "e.h<A>(A) -> ()"),
            ("$s", "$s"),
            ("$sNonsense", "$sNonsense"),
            ("_Z", "_Z"),
        ])
    func shown(linkerName: String, name: String) {
        #expect(FunctionName.shown(linkerName) == name)
    }

    /// `P<P<…, …>, P<…, …>>`, twice as long for each generic that refers to the one before.
    private static func doubling(_ levels: Int) -> String {
        func reference(_ index: Int) -> String {
            index < 26 ? "A" + String(UnicodeScalar(UInt8(65 + index))) : "A\(index - 26)_"
        }
        let opened = (1..<levels).map { _ in "yAD" }.joined()
        return "$s1e1gyyAA1PV" + opened + "yS2iG" + (0..<(levels - 1)).map { reference(4 + $0) + "G" }.joined() + "F"
    }

    @Test("names that stand for endless text stay as they are, in no time")
    func growth() {
        #expect(FunctionName.shown(Self.doubling(4)).hasPrefix("e.g(e.P<e.P<"))
        for levels in [18, 30, 60] {
            let name = Self.doubling(levels)
            #expect(name.utf8.count <= FunctionName.maximumLinkerBytes)
            #expect(FunctionName.shown(name).prefix(399) == name.prefix(399))
        }
        let cxx = "_Z1f" + String(repeating: "St4pairI", count: 40) + "iiE" + String(repeating: "S_E", count: 39)
        #expect(cxx.utf8.count <= FunctionName.maximumLinkerBytes)
        #expect(FunctionName.shown(cxx).prefix(399) == cxx.prefix(399))
    }

    @Test("no name is longer than its bound, and no bytes of one are too much", arguments: [1, 2, 3] as [UInt64])
    func hostileNames(seed: UInt64) {
        #expect(FunctionName.shown(String(repeating: "x", count: 5000)).count == FunctionName.maximumCharacters)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let real = [
            "$s10Foundation6ThreadC24callStackReturnAddressesSayAA8NSNumberCGvgZ", Self.doubling(6),
            "$sSlsE3mapySayqd__Gqd__7ElementQzqd_0_YKXEqd_0_YKs5ErrorRd_0_r0_lF",
            "_ZN5swift34runJobInEstablishedExecutorContextEPNS_3JobE",
            "_ZNSt6vectorIiSaIiEE9push_backERKi",
        ]
        for _ in 0..<3000 {
            var bytes = Array(real[next(real.count)].utf8)
            for _ in 0...next(6) { bytes[2 + next(bytes.count - 2)] = UInt8(33 + next(94)) }
            if next(4) == 0 { bytes += bytes.dropFirst(next(bytes.count)) }
            let name = String(decoding: bytes, as: UTF8.self)
            #expect(FunctionName.shown(name).count <= FunctionName.maximumCharacters)
        }
    }
}
