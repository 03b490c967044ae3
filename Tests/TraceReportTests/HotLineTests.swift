import Testing
import TraceLog

@testable import TraceReport

@Suite("Lines that samples ended in")
struct HotLineTests {
    /// Knows a line for each 16 bytes of the program, 10 for the first.
    private struct Lines: SymbolSource {
        func functions(in module: ModuleRecord, at address: UInt64) -> [SourceFunction] {
            guard module.id == 1 else { return [] }
            let names: [UInt64: String] = [0x10: "main", 0x11: "decode", 0x12: "store"]
            guard let name = names[address >> 8] else { return [] }
            return [SourceFunction(name: name, file: "/src/Picture.swift", line: 10 + Int(address & 0xff) / 16)]
        }
    }

    private static func at(_ address: UInt64) -> UInt64 { 1 << 48 | address }

    private static func report() throws -> Report {
        var log = WrittenLog.pictureService()
        for (id, path) in [(1, "/srv/red"), (4, "/lib/libc.so.6")] as [(UInt64, String)] { log.writeModule(id, path) }
        log.writeFunction(4, 0x100, "write")
        let main = at(0x1008)
        log.writeSample(2, "running", 70, frames: [at(0x1134), main])
        log.writeSample(2, "running", 20, frames: [at(0x1158), main])
        // The same line, found at another address and under another caller.
        log.writeSample(2, "running", 10, frames: [at(0x1136), at(0x1208), main])
        log.writeSample(4, "disk", 30, frames: [4 << 48 | 0x110, at(0x1265), main])
        var analyser = LogAnalyser(symbolSource: Lines())
        try analyser.read(.bytes(log.bytes, name: "server.log"))
        return analyser.report()
    }

    @Test("on a processor it is the innermost function's line, of a wait that outside of the C library")
    func lines() throws {
        let samples = try Self.report().samples
        let decode = try #require(samples.onCPU.functions.first)
        #expect(decode.frame.name == "decode")
        #expect(decode.lines == [HotLine(line: 13, samples: 80), HotLine(line: 15, samples: 20)])
        let store = try #require(samples.offCPU.functions.first)
        // A return address is of the call before it.
        #expect(store.lines == [HotLine(line: 16, samples: 30)])
        #expect(samples.spans.first { $0.span.name == "image.decode" }?.onCPU.functions.first?.lines == decode.lines)
    }

    @Test("the explanation of a function names them")
    func explained() throws {
        let report = try Self.report()
        let decode = try #require(report.functions.first { $0.name == "image.decode" })
        for width in [80, 100] {
            let text = ViewRenderer(view: ExplainView([decode.place]), layout: TextLayout(width: width)).render(report)
            #expect(text.contains("lines 13 (80%), 15 (20%)"))
            #expect(text.split(separator: "\n").allSatisfy { SafeText.columns(of: String($0)) <= width })
        }
    }
}
