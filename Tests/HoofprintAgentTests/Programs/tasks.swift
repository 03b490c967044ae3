// Tasks whose functions await each other, until they were sampled.

import Glibc

func isSampled() -> Bool {
    var action = sigaction()
    return sigaction(SIGPROF, nil, &action) == 0 && action.__sigaction_handler.sa_handler != nil
}

func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

@inline(never)
func leaf(_ count: Int) -> Double {
    var sum = 0.0
    for n in 1..<count { sum += 1 / Double(n) }
    return sum
}

@inline(never)
func middle(_ count: Int) async -> Double {
    await Task.yield()
    let sum = leaf(count)
    await Task.yield()
    return sum
}

@inline(never)
func root() async -> Bool {
    var begun: Double?
    var sum = 0.0
    while begun.map({ cpuSeconds() - $0 < 1 }) ?? true {
        sum += await middle(1_000_000)
        if begun == nil, isSampled() { begun = cpuSeconds() }
        if cpuSeconds() > 60 { exit(99) }
    }
    return sum > 0
}

@main
enum Main {
    static func main() async {
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 { group.addTask { await root() } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        print("\(results.filter { $0 }.count) tasks computed")
    }
}
