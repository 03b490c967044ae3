// Runs what red is made of, without a server: for scripts and benchmarks. Not installed.

let usage = """
    usage: picture-check measure FILE…             a line of JSON for each file: what is measured, or the error
           picture-check decode FILE               the pixels that are measured, to standard output
           picture-check time ROUNDS FILE…         how long decoding and measuring take
           picture-check kernel                    how fast pixels are counted
           picture-check fuzz SECONDS SEED FILE…   measures damaged copies of the files

    """

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "measure": for file in arguments.dropFirst() { print(measured(file)) }
case "decode" where arguments.count == 2: writePixels(of: arguments[1])
case "time" where arguments.count > 2:
    for file in arguments.dropFirst(2) { print(timed(file, rounds: Int(arguments[1]) ?? 5)) }
case "kernel": printKernels()
case "fuzz" where arguments.count > 3:
    guard let seconds = Int(arguments[1]), let seed = UInt64(arguments[2]) else { fallthrough }
    fuzz(seconds: seconds, seed: seed, files: Array(arguments.dropFirst(3)))
default:
    fail(usage)
}
