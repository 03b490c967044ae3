import Foundation

// What scripts/check-reader and scripts/fuzz-reader run.
let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, Array(arguments.dropFirst())) {
case ("read"?, []):
    exit(JSONReports.write() ? 0 : 2)
case ("input"?, let rest) where !rest.isEmpty:
    let mistakes = try rest.compactMap { path in
        let log = FuzzedLog([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        return (log.mistake ?? log.packedMistake).map { "\(path): \($0)" }
    }
    print(mistakes.isEmpty ? "reader-check: \(rest.count) inputs: all right" : mistakes.joined(separator: "\n"))
    exit(mistakes.isEmpty ? 0 : 1)
#if LIBFUZZER
case ("fuzz-reading"?, let rest): exit(Fuzzer.run(Fuzzer.reading, rest))
case ("fuzz-rendering"?, let rest): exit(Fuzzer.run(Fuzzer.rendering, rest))
case ("fuzz-packed"?, let rest): exit(Fuzzer.run(Fuzzer.packed, rest))
#endif
default:
    FileHandle.standardError.write(Data("usage: reader-check read <REQUESTS | input FILE…\n".utf8))
    exit(2)
}
