import Foundation
import JSONSamples
import TestSupport
import Testing

@testable import JSONDiff

@Suite("Reading what Python's json reads")
struct ReadingMutationsTests {
    /// Says for each changed text whether Python takes it, as RFC 8259 has it: no NaN, no infinity, no key twice, UTF-8 only.
    private static let judge = """
        import json, sys
        def pairs(members):
            if len({k for k, _ in members}) != len(members): raise ValueError
        def refuse(_): raise ValueError
        decoder = json.JSONDecoder(object_pairs_hook=pairs, parse_constant=refuse)
        def takes(text):
            try:
                decoder.decode(text.decode("utf-8"))
                return True
            except ValueError:
                return False
        lines = sys.stdin.buffer.read()
        count = int(lines[:8]); text = lines[8:8 + count]; bytes_ = lines[8 + count:]
        out = []
        for place in range(len(text)):
            out += ["1" if takes(text[:place] + bytes([b]) + text[place + 1:]) else "0" for b in bytes_]
            out.append("1" if takes(text[:place] + text[place + 1:]) else "0")
        print("".join(out))
        """

    private static func judgement(_ text: [UInt8], _ bytes: [UInt8]) throws -> [UInt8] {
        let count = String(text.count)
        let length = String(repeating: "0", count: 8 - count.count) + count
        let run = try ProgramRun.run("python3", ["-c", judge], input: Array(length.utf8) + text + bytes)
        try #require(run.status == 0, "\(run.error)")
        return run.standardOutput.dropLast()
    }

    private static func expectSame(_ text: [UInt8], _ bytes: [UInt8]) throws {
        let verdicts = try judgement(text, bytes)
        try #require(verdicts.count == text.count * (bytes.count + 1))
        var wrong: [String] = [], next = 0
        func check(_ changed: [UInt8]) {
            let isTaken = (try? JSONDocument(changed)) != nil
            if isTaken != (verdicts[next] == UInt8(ascii: "1")) {
                wrong.append("\(isTaken ? "taken" : "refused"): \(String(decoding: changed, as: UTF8.self))")
            }
            next += 1
        }
        for place in text.indices {
            var changed = text
            for byte in bytes {
                changed[place] = byte
                check(changed)
            }
            changed.remove(at: place)
            check(changed)
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(3))")
    }

    private static let hasPython = (try? ProgramRun.run("python3", ["-c", ""]).status) == 0

    @Test(
        "a text of 2 kB with one byte changed or taken out is taken or refused as Python does",
        .enabled(if: hasPython, "skipped: python3 is not installed"))
    func significantBytes() throws {
        var generator = SampleGenerator(seed: 2)
        var text = Array("{\"all\":[true,false,null,-0.5e+10,12,0,\"\\ud83d\\ude00\\u00e9\\\\é€😀\"],\"more\":[".utf8)
        while text.count < 1600 {
            let more = generator.text(generator.document())
            if more.count < 400 { text += more + Array(",".utf8) }
        }
        try Self.expectSame(text + Array("0]}".utf8), Array("\"\\{}[]:,0-.e n/\n\u{1}".utf8) + [0x80, 0xC3, 0xED])
    }

    @Test(
        "a short text with any byte at any place is taken or refused as Python does",
        .enabled(if: hasPython, "skipped: python3 is not installed"))
    func everyByte() throws {
        let text = #"{"a\u00e9\n":[-1.5E+3,0,true,false,null,"é€😀\ud800"],"":{}} "#
        try Self.expectSame(Array(text.utf8), Array(0...255))
    }
}
