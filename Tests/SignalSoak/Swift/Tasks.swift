import CSignalSoak

private actor Place {
    private var sum: UInt64 = 0

    func visit() -> UInt64 {
        sum &+= soak_spin(1)
        return sum
    }
}

private struct Trouble: Error {}

// A task that never suspends keeps its thread, of which there are as many as processors: each lets others run.

/// Every call goes to another executor.
func hop(_ worker: Worker) async {
    let places = [Place(), Place(), Place()]
    var index = 0
    while soak_goes_on() {
        index += 1
        _ = await places[index % places.count].visit()
        if index.isMultiple(of: 16) { await Task.yield() }
        worker.did()
    }
}

func yield(_ worker: Worker) async {
    while soak_goes_on() {
        await Task.yield()
        worker.did()
    }
}

func divide(_ worker: Worker) async {
    while soak_goes_on() {
        await withTaskGroup(of: UInt64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await Task.yield()
                    return soak_spin(5)
                }
            }
            for await _ in group {}
        }
        worker.did()
    }
}

func begin(_ worker: Worker) async {
    @Sendable func part() async -> UInt64 {
        await Task.yield()
        return soak_spin(5)
    }
    while soak_goes_on() {
        async let one = part()
        async let two = part()
        _ = await one &+ two
        worker.did()
    }
}

func stream(_ worker: Worker) async {
    while soak_goes_on() {
        let numbers = AsyncStream<Int> { continuation in
            for number in 0..<100 { continuation.yield(number) }
            continuation.finish()
        }
        var sum = 0
        for await number in numbers { sum += number }
        guard sum == 4950 else { end("a stream lost elements: their sum is \(sum)") }
        await Task.yield()
        worker.did()
    }
}

func attempt(_ worker: Worker) async {
    func fail(_ depth: Int) async throws {
        guard depth > 0 else { throw Trouble() }
        try await fail(depth - 1)
    }
    while soak_goes_on() {
        do {
            try await fail(10)
            end("an error was not thrown")
        } catch {
            worker.did()
        }
        await Task.yield()
    }
}
