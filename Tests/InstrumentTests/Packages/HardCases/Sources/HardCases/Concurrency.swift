actor Counter {
    private var count = 0
    func add(_ more: Int) -> Int {
        count += more
        return count
    }
    nonisolated func name() -> String { "counter" }
    func slowly() async -> Int {
        await Task.yield()
        return count
    }
}

@MainActor func onMain() -> Int { 1 }
nonisolated(nonsending) func nonsending() async -> Int {
    await Task.yield()
    return 2
}
@concurrent func concurrently() async -> Int {
    await Task.yield()
    return 3
}
func on(_ actor: isolated Counter) -> Int { actor.add(1) }
func inherits(isolation: isolated (any Actor)? = #isolation) async -> Int {
    await Task.yield()
    return 4
}
func both() async -> Int {
    async let first = concurrently()
    async let second = nonsending()
    return await first + second
}
func failing() async throws -> Int {
    try await Task.sleep(nanoseconds: 1)
    throw Fault.large(12)
}
func grouped() async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask { await both() }
        return try await group.reduce(0, +)
    }
}
func swap(_ left: inout Int, with right: inout Int) async {
    await Task.yield()
    (left, right) = (right, left)
}
func swapped() async -> [Int] {
    var (left, right) = (1, 2)
    await swap(&left, with: &right)
    return [left, right]
}
