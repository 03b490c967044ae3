import Foundation
import JSONDiff
import JSONSamples

// What scripts/check-json, scripts/fuzz-json and Benchmarks/json/adversarial run.
let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.dropFirst().map { $0 }) {
case ("pairs"?, let rest) where rest.count == 2:
    guard let count = UInt64(rest[0]), let seed = UInt64(rest[1]) else { exit(2) }
    try RandomPairs.write(count: count, seed: seed)
case ("fuzz"?, let rest) where rest.count == 3:
    guard let seconds = Double(rest[0]), let seed = UInt64(rest[1]) else { exit(2) }
    exit(try FuzzLoop.run(seconds: seconds, seed: seed, corpus: rest[2]) ? 0 : 1)
case ("input"?, let rest) where rest.count == 1:
    let mistake = FuzzedInput([UInt8](try Data(contentsOf: URL(fileURLWithPath: rest[0])))).mistake
    print(mistake ?? "all right")
    exit(mistake == nil ? 0 : 1)
case ("hard"?, let rest) where rest.count == 2:
    guard let pair = HardPair(rawValue: rest[0]), let count = Int(rest[1]) else { exit(2) }
    exit(try pair.run(count) ? 0 : 1)
default:
    FileHandle.standardError.write(
        Data("usage: json-check pairs COUNT SEED | fuzz SECONDS SEED CORPUS | input FILE | hard PAIR COUNT\n".utf8))
    exit(2)
}
