// Times a comparison of two texts that are in memory already: json-compare equal|difference A B THREADS RUNS

import Foundation
import JSONDiff

/// The whole file.
func contents(_ path: String) throws -> UnsafeRawBufferPointer {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    let count = Int(try file.seekToEnd())
    try file.seek(toOffset: 0)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
    var length = 0
    while length < count {
        let got = read(file.fileDescriptor, memory + length, count - length)
        guard got > 0 else { fatalError("'\(path)' cannot be read") }
        length += got
    }
    return UnsafeRawBufferPointer(start: memory, count: count)
}

func milliseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

/// The most memory that the process has had, in MB.
func peak() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
}

let arguments = CommandLine.arguments
guard arguments.count == 6, let threads = Int(arguments[4]), let runs = Int(arguments[5]) else {
    fatalError("json-compare equal|difference A B THREADS RUNS")
}
let old = try contents(arguments[2]), new = try contents(arguments[3])
var times: [Double] = []
var processorTimes: [Double] = []
var changes = 0
for _ in 0..<runs {
    let start = milliseconds(), processorStart = milliseconds(CLOCK_PROCESS_CPUTIME_ID)
    if arguments[1] == "equal" {
        changes = try isEqual(unowned: old, new, threads: threads) ? 0 : 1
    } else {
        changes = try compare(unowned: old, new, threads: threads).changes.count
    }
    times.append(milliseconds() - start)
    processorTimes.append(milliseconds(CLOCK_PROCESS_CPUTIME_ID) - processorStart)
}
let total = times.sorted()[runs / 2], processor = processorTimes.sorted()[runs / 2]
let answer = #""changes":\#(changes),"equal":\#(changes == 0)"#
print(#"{"total_ms":\#(total),"cpu_ms":\#(processor),"rss_mb":\#(try peak()),\#(answer)}"#)
