import Foundation

// What scripts/check-reader and scripts/fuzz-reader run.
let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, Array(arguments.dropFirst())) {
case ("read"?, []):
    exit(JSONReports.write() ? 0 : 2)
case ("fuzz"?, let rest) where rest.count == 3:
    guard let seconds = Double(rest[0]), let seed = UInt64(rest[1]) else { exit(2) }
    exit(try FuzzLoop.run(seconds: seconds, seed: seed, corpus: rest[2]) ? 0 : 1)
case ("input"?, let rest) where rest.count == 1:
    let mistake = FuzzedLog([UInt8](try Data(contentsOf: URL(fileURLWithPath: rest[0])))).mistake
    print(mistake ?? "all right")
    exit(mistake == nil ? 0 : 1)
default:
    FileHandle.standardError.write(
        Data("usage: reader-check read <REQUESTS | fuzz SECONDS SEED CORPUS | input FILE\n".utf8))
    exit(2)
}
