// probe-cost: what a reading of each probe takes.
//
//     swift run --package-path Benchmarks -c release probe-cost [SOCKETS [THREADS]]
//
// Microseconds of processor time, which is what a reading takes: none waits. The median of 200 readings, in a process with so many open sockets (listening, on the loopback) and
// threads that wait; without arguments 0 and 0. The last row is what all of them add to a flush.

import Foundation
import Hoofprint

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == CommandLine.arguments.count - 1, numbers.count <= 2 else {
    FileHandle.standardError.write(Data("usage: probe-cost [SOCKETS [THREADS]]\n".utf8))
    exit(2)
}

for _ in 0..<(numbers.first ?? 0) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0, listen(descriptor, 1) == 0 else { fatalError("socket \(descriptor): error \(errno)") }
}
for _ in 0..<(numbers.dropFirst().first ?? 0) {
    Thread.detachNewThread { while true { pause() } }
}

/// The thread's processor time, microseconds.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// How long `body` takes: the median of 200 times.
func microseconds(_ body: () -> Int) -> Double {
    var rounds: [Double] = []
    for _ in 0..<200 {
        let start = processorTime()
        let count = body()
        rounds.append(processorTime() - start)
        precondition(count > 0, "a probe reads something")
    }
    return rounds.sorted()[rounds.count / 2]
}

let probes = HoofprintSystem.Configuration.allProbes
print("µs/read  counters  probe")
for probe in probes {
    let counters = probe.read().count
    let cost = microseconds { probe.read().count }
    print(String(format: "%7.1f  %8d  ", cost, counters) + probe.name)
}
let all = microseconds { probes.reduce(0) { $0 + $1.read().count } }
print(String(format: "%7.1f  %8d  ", all, probes.reduce(0) { $0 + $1.read().count }) + "(all)")
