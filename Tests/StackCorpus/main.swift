// Programs whose stacks are known, for scripts/check-stacks.
//
//     stack-corpus list
//     stack-corpus run CASE CPU-SECONDS [PER-SECOND]
//
// `list` prints a case a line: its name, and the functions that its task awaits in, innermost first, or `-`. `run` samples
// itself and prints a sample a line: thread, flags, weight, stack pointer, frames, callers; then the counts and mappings.

import CStackCorpus
import Foundation

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("stack-corpus: \(message)\n".utf8))
    exit(2)
}

let cases = synchronousCases + asynchronousCases

switch CommandLine.arguments.dropFirst().first {
case "list":
    for one in cases { print(one.name, one.chain.isEmpty ? "-" : one.chain.joined(separator: ",")) }
case "run" where CommandLine.arguments.count >= 4:
    let arguments = CommandLine.arguments
    guard let chosen = cases.first(where: { $0.name == arguments[2] }), let seconds = Double(arguments[3]) else {
        fail("there is no case '\(arguments[2])' to run for \(arguments[3]) seconds; see stack-corpus list")
    }
    corpus_start_time(seconds)
    corpus_start_sampling(arguments.count > 4 ? UInt32(arguments[4]) ?? 999 : 999)
    await chosen.body()
    corpus_stop_sampling()
default:
    fail("usage: stack-corpus list | run CASE CPU-SECONDS [PER-SECOND]")
}
