import Testing

@testable import TraceLog

@Suite("Places in code")
struct CodeRecordTests {
    @Test("a location is a module and an address of 48 bits; a larger address has none")
    func location() throws {
        let location = try #require(CodeLocation(module: 0xffff, address: CodeLocation.maximumAddress))
        #expect(location.rawValue == .max)
        #expect(location.module == 0xffff)
        #expect(location.address == 0xffff_ffff_ffff)
        #expect(CodeLocation(module: 1, address: 1 << 48) == nil)
        #expect(CodeLocation(module: 3, address: 5)?.ofCall == CodeLocation(module: 3, address: 4))
        #expect(CodeLocation(module: 3, address: 0)?.ofCall == CodeLocation(module: 3, address: 0))
    }

    @Test(
        "a stack is written as the article says",
        arguments: [
            (SampleRecord.Stack(frames: []), ","),
            (SampleRecord.Stack(frames: [0x24]), "10,"),
            (SampleRecord.Stack(frames: [0x0001_0000_0000_0024, 0x0001_0000_0000_0023]), "1:10.-1,"),
            (
                SampleRecord.Stack(frames: [0x0001_0000_0000_0024, 0x0024_0000_0000_0024, 0x24], callers: [0x24]),
                "1:10.10:0.0:0,10"
            ),
            (SampleRecord.Stack(frames: [1], isCut: true), "1,!"),
            (SampleRecord.Stack(frames: [1], isPhysicalOnly: true), "1,?"),
            (SampleRecord.Stack(frames: [1], callers: [2], isCut: true, isPhysicalOnly: true), "1,2?!"),
        ])
    func text(stack: SampleRecord.Stack, text: String) {
        #expect(String(decoding: stack.encoded(), as: UTF8.self) == text)
        #expect(Array(text.utf8).withUnsafeBytes { SampleRecord.Stack(encoded: $0) } == stack)
    }

    @Test(
        "what is no stack is refused",
        arguments: [
            "", "1", "1,2,3", "1..2,", ".,", "-1,", "1.-2,", "1:,", ":1,", "1:-1,", "1sgc:1,", "1:1:1,", "zzzzzzzzzz,",
            "7:2rrvthnxtr.1,", "1 2,", "1,!?", "1,?!!", "A,", "1;2,",
        ])
    func refused(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { SampleRecord.Stack(encoded: $0) } == nil)
    }

    @Test("a record of a function has room for the longest name, and a module's for a path")
    func longTexts() {
        let name = String(repeating: "x", count: SymbolRecord.maximumNameBytes)
        let symbol = Record.symbol(SymbolRecord(module: .max, start: .max, size: .max, name: name))
        let module = Record.module(ModuleRecord(id: .max, buildID: "", layout: .max, path: "/" + name, bias: .max))
        for record in [symbol, module] {
            let line = record.encoded(RecordHeader(session: .max, sequence: .max))
            #expect(line.count <= RecordFormat.maximumLineBytes)
            #expect(
                RecordDecoder.decode(Array(line.dropLast())) == .record(.init(session: .max, sequence: .max), record))
        }
    }
}
