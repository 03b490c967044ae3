import Foundation
import Hoofprint

/// A thread that computes in a span, and tasks that compute in an async span and under a token, until a sampler has seen
/// each often.
func stacks() async {
    let watched = bootstrapWatched()
    let computing = Thread { span("computed") { while !Thread.current.isCancelled { spin(1000) } } }
    computing.start()
    let awaiting = Task { await span("awaited") { await outermost() } }
    let holding = Task {
        let token = TraceSpan.begin("held")
        await outermost()
        token.end()
    }
    // Long enough for the rules of their code to be learned, which takes its time where the machine is busy.
    while watched.pathsSeen(atLeast: 400) < 3 { flushAndSleep() }
    computing.cancel()
    awaiting.cancel()
    holding.cancel()
    await awaiting.value
    await holding.value
}

@inline(never)
private func outermost() async { await middle() }

@inline(never)
private func middle() async {
    while !Task.isCancelled {
        await Task.yield()
        spin(10_000)
    }
}

/// Computes with sampling on, off, and on again, and prints how many samples there were after each.
func switchedStacks() {
    let watched = bootstrapWatched()
    var seen: [Int] = []
    for isOn in [true, false, true] {
        HoofprintSystem.isSampling = isOn
        HoofprintSystem.flush()
        let before = watched.total
        let end = cpuSeconds() + 0.3
        while cpuSeconds() < end || (isOn && watched.total < before + 5) {
            spin(10_000)
            if isOn { HoofprintSystem.flush() }
        }
        HoofprintSystem.flush()
        seen.append(watched.total - before)
    }
    print(seen.map { $0 > 0 ? "some" : "none" }.joined(separator: " "))
}

private func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A program with a Hoofprint of its own, and somebody else who samples it.
func sampledByOthers() {
    HoofprintSystem.bootstrap()
    var begun: Double?
    while begun.map({ cpuSeconds() < $0 + 0.5 }) ?? true, cpuSeconds() < 60 {
        span("computed") { spin(100_000) }
        var action = sigaction()
        sigaction(SIGPROF, nil, &action)
        if begun == nil, action.__sigaction_handler.sa_handler != nil { begun = cpuSeconds() }
    }
    HoofprintSystem.shutdown()
}

/// Another profiler's handler is there first.
func profiledBefore() {
    signal(SIGPROF) { _ in }
    HoofprintSystem.bootstrap()
    span("work") { spin(1000) }
    // The flush thread has then tried to start the sampler.
    HoofprintSystem.flush()
}

/// Another profiler's handler comes afterwards. Who runs it ends it when it has said that sampling has ended.
func profiledAfter() {
    let watched = bootstrapWatched()
    while watched.total < 5 {
        spin(10_000)
        HoofprintSystem.flush()
    }
    signal(SIGPROF) { _ in }
    // Where it never says so, it ends by itself.
    for _ in 0..<60 { sleep(1) }
}

/// Prints which library the program's C++ exceptions are thrown by while libunwind is in use, and whether it is.
func unwinder() {
    let watched = bootstrapWatched()
    while watched.total < 5 {
        spin(10_000)
        HoofprintSystem.flush()
    }
    let library = dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_NOLOAD)
    // The program's own scope, in which its calls are bound.
    let address = UInt(bitPattern: dlsym(dlopen(nil, RTLD_NOW), "_Unwind_RaiseException"))
    let name = mappedFile(at: address)?.split(separator: "/").last ?? "nothing"
    print("\(name), libunwind is \(library == nil ? "not in use" : "in use")")
}

/// The file that is mapped at an address (proc_pid_maps(5)).
private func mappedFile(at address: UInt) -> String? {
    // Read to its end: its size is said to be 0.
    guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return nil }
    for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
        let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
        if bounds.count == 2, bounds[0] <= address, address < bounds[1] {
            return line.split(separator: " ").last.map(String.init)
        }
    }
    return nil
}
