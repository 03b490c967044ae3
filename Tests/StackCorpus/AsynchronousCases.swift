import CStackCorpus

let asynchronousCases: [Case] = [
    Case(name: "await-30", chain: Array(repeating: "descend", count: 30) + ["awaitDeep"]) { await awaitDeep() },
    Case(name: "await-throwing", chain: ["mayThrow", "mayThrowOuter", "awaitThrowing"]) { await awaitThrowing() },
    Case(name: "task-group", chain: ["groupLeaf", "groupMember"]) { await groups() },
    Case(name: "async-let", chain: ["letLeaf", "letMember"]) { await lets() },
    Case(name: "actors", chain: ["visitLeaf", "visitOnward", "visitAll"]) { await actors() },
    Case(name: "async-sequence", chain: ["handleElement", "consumeStream"]) { await sequences() },
    Case(name: "main-actor", chain: ["mainLeaf", "mainOuter"]) { await mainActor() },
    Case(name: "detached", chain: ["detachedLeaf", "detachedOuter"]) { await detached() },
    Case(name: "async-generic", chain: ["genericLeaf", "genericOuter"]) { await generics() },
    Case(name: "async-closure", chain: ["runClosure", "closureOuter"]) { await closures() },
]

/// Computes after a suspension, as code does that has awaited something.
@inline(never)
private func leaf(_ seed: UInt64) async -> UInt64 {
    await Task.yield()
    var sum = seed
    for _ in 0..<20 { sum = work(sum) }
    return sum
}

@inline(never)
private func descend(_ depth: UInt64) async -> UInt64 {
    guard depth > 1 else { return await leaf(depth) &+ 1 }
    return await descend(depth - 1) &+ depth
}

@inline(never)
private func awaitDeep() async { while !isOver { keep(await descend(30)) } }

private struct Trouble: Error {}

@inline(never)
private func mayThrow(_ seed: UInt64) async throws -> UInt64 {
    let value = await leaf(seed)
    guard value != 0 else { throw Trouble() }
    return value
}

@inline(never)
private func mayThrowOuter(_ seed: UInt64) async throws -> UInt64 { try await mayThrow(seed) &+ 1 }

@inline(never)
private func awaitThrowing() async {
    while !isOver {
        do { keep(try await mayThrowOuter(1)) } catch { keep(0) }
    }
}

@inline(never)
private func groupLeaf(_ seed: UInt64) async -> UInt64 { await leaf(seed) &+ 1 }

@inline(never)
private func groupMember(_ seed: UInt64) async -> UInt64 { await groupLeaf(seed) &+ 1 }

@inline(never)
private func groups() async {
    while !isOver {
        let sum = await withTaskGroup(of: UInt64.self) { group in
            for seed in 0..<8 as Range<UInt64> { group.addTask { await groupMember(seed) } }
            return await group.reduce(0, &+)
        }
        keep(sum)
    }
}

@inline(never)
private func letLeaf(_ seed: UInt64) async -> UInt64 { await leaf(seed) &+ 1 }

@inline(never)
private func letMember(_ seed: UInt64) async -> UInt64 { await letLeaf(seed) &+ 1 }

@inline(never)
private func lets() async {
    while !isOver {
        async let one = letMember(1)
        async let two = letMember(2)
        keep(await one &+ two)
    }
}

private actor Place {
    private var sum: UInt64 = 0

    @inline(never)
    func visitLeaf(_ seed: UInt64) async -> UInt64 {
        sum = await leaf(seed)
        return sum
    }

    @inline(never)
    func visitOnward(_ next: Place, _ seed: UInt64) async -> UInt64 { await next.visitLeaf(seed) &+ sum }
}

@inline(never)
private func visitAll(_ places: [Place]) async {
    while !isOver { keep(await places[0].visitOnward(places[1], 1)) }
}

@inline(never)
private func actors() async { await visitAll([Place(), Place()]) }

@inline(never)
private func handleElement(_ element: UInt64) async -> UInt64 { await leaf(element) &+ 1 }

@inline(never)
private func consumeStream(_ stream: AsyncStream<UInt64>) async {
    for await element in stream { keep(await handleElement(element)) }
}

@inline(never)
private func sequences() async {
    while !isOver {
        let stream = AsyncStream<UInt64> { continuation in
            for element in 0..<100 as Range<UInt64> { continuation.yield(element) }
            continuation.finish()
        }
        await consumeStream(stream)
    }
}

@MainActor @inline(never)
private func mainLeaf(_ seed: UInt64) async -> UInt64 {
    await Task.yield()
    var sum = seed
    for _ in 0..<20 { sum = work(sum) }
    return sum
}

@MainActor @inline(never)
private func mainOuter() async { while !isOver { keep(await mainLeaf(1)) } }

@inline(never)
private func mainActor() async { await mainOuter() }

@inline(never)
private func detachedLeaf(_ seed: UInt64) async -> UInt64 { await leaf(seed) &+ 1 }

@inline(never)
private func detachedOuter() async { while !isOver { keep(await detachedLeaf(1)) } }

@inline(never)
private func detached() async { await Task.detached { await detachedOuter() }.value }

@inline(never) @_semantics("optimize.sil.specialize.generic.never")
private func genericLeaf<Value: FixedWidthInteger & Sendable>(_ value: Value) async -> Value {
    Value(truncatingIfNeeded: await leaf(UInt64(truncatingIfNeeded: value)))
}

@inline(never) @_semantics("optimize.sil.specialize.generic.never")
private func genericOuter<Value: FixedWidthInteger & Sendable>(_ value: Value) async {
    while !isOver { keep(UInt64(truncatingIfNeeded: await genericLeaf(value))) }
}

@inline(never)
private func generics() async { await genericOuter(UInt32(1)) }

@inline(never)
private func runClosure(_ body: @Sendable (UInt64) async -> UInt64) async -> UInt64 { await body(1) &+ 1 }

@inline(never)
private func closureOuter() async {
    while !isOver { keep(await runClosure { await leaf($0) &+ 1 }) }
}

@inline(never)
private func closures() async { await closureOuter() }
