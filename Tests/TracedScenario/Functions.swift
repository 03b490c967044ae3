import HoofprintTraced

struct Refusal: Error, Equatable { let number: Int }

/// Fails the scenario where a traced function does not answer what it would answer untraced.
func expect<Value: Equatable>(_ value: Value, _ expected: Value, line: UInt32 = #line) {
    precondition(value == expected, "line \(line): \(value), not \(expected)")
}

@Traced
func nothing() {}

@Traced
func statements() -> Int {
    let one = 1; let two = 2
    return one + two
}

@Traced("a \"named\" \\ one")
func named() -> Int { 7 }

@Traced func implicit(_ number: Int) -> String { "\(number)" }

@Traced func conditional(_ number: Int) -> String {
    if number > 3 { "many" } else if number == 3 { "three" } else { "few" }
}

@Traced func chosen(_ number: Int) throws -> String {
    switch number {
    case 0: "none"
    case 1...: "some"
    default: throw Refusal(number: number)
    }
}

@Traced
func throwing(_ number: Int) throws -> Int {
    guard number < 3 else { throw Refusal(number: number) }
    return number
}

@Traced
func typed(_ number: Int) throws(Refusal) -> Int {
    if number > 2 { throw Refusal(number: number) }
    return try untraced(number)
}

func untraced(_ number: Int) throws(Refusal) -> Int {
    if number > 1 { throw Refusal(number: number) }
    return number
}

@Traced
func handled() -> Int {
    do { return try throwing(3) } catch { return -1 }
}

@Traced
func rethrowing<Value>(_ body: () throws -> Value) rethrows -> Value { try body() }

@Traced
func generic<Value: Comparable, Failure: Error>(
    _ values: [Value], _ body: (Value) throws(Failure) -> Bool
) throws(Failure) -> Value? {
    for value in values where try body(value) { return value }
    return values.max()
}

@Traced
func changing(_ number: inout Int, by step: Int = 2) { number += step }

@Traced
func opaque(_ count: Int) -> some Sequence<Int> { 0..<count }

struct Handle: ~Copyable { var number: Int }

@Traced
func consuming(_ handle: consuming Handle) -> Handle {
    handle.number += 1
    return handle
}

@Traced
func outer() -> Int {
    func inner() -> Int { statements() }
    return inner() + span("written") { 1 }
}

@Traced
func asynchronous(_ depth: Int) async throws -> Int {
    await Task.yield()
    if depth == 0 { return statements() }
    let below = try await asynchronous(depth - 1)
    try await Task.sleep(for: .milliseconds(1))
    return below
}

@Traced
func failing() async throws(Refusal) {
    await Task.yield()
    throw Refusal(number: 0)
}

@Traced
func concurrent() async -> Int {
    async let one = statements()
    async let two = statements()
    return await one + two
}

/// The closure is the parent of what its child tasks open.
@Traced
func gathered() async -> Int {
    await span("parts") {
        async let one = statements()
        return await withTaskGroup(of: Int.self) { group in
            group.addTask { statements() }
            return await group.reduce(0, +)
        } + one
    }
}

@MainActor @Traced
func isolated() async -> Int {
    MainActor.assertIsolated()
    await Task.yield()
    MainActor.assertIsolated()
    return 5
}

@Traced
nonisolated(nonsending) func nonsending() async -> Int {
    MainActor.assertIsolated()
    await Task.yield()
    return 6
}

@Traced(attributes: ["id", "note", "size"], redacting: ["owner"])
func attributed(_ id: Int, by owner: String, note: String?, size: inout Double, other: String) { size += 1 }

@Traced(attributes: ["in"])
func keyword(`in`: Bool) -> Bool { `in` }

@Traced
func crash() {
    nothing(); nothing()
    // The crash report has to name the next line.
    fatalError("as wanted")
}

@MainActor
func callFunctions() async {
    nothing()
    expect(statements(), 3)
    expect(named(), 7)
    expect(implicit(4), "4")
    expect(conditional(3), "three")
    expect([try? chosen(0), try? chosen(-1)], ["none", nil])
    expect(try? throwing(2), 2)
    expect(handled(), -1)
    do { expect(try typed(1), 1) } catch { expect(error, Refusal(number: 9)) }
    for number in [2, 3] {
        do { _ = try typed(number) } catch { expect(error, Refusal(number: number)) }
    }
    expect(rethrowing { 1 }, 1)
    expect(try? rethrowing { throw Refusal(number: 1) }, nil as Int?)
    expect(generic([1, 2, 3]) { $0 == 2 }, 2)
    do throws(Refusal) { _ = try generic(["a"]) { (_) throws(Refusal) in throw Refusal(number: 4) } } catch {
        expect(error, Refusal(number: 4))
    }
    var number = 3
    changing(&number)
    expect(number, 5)
    expect(Array(opaque(3)), [0, 1, 2])
    expect(consuming(Handle(number: 1)).number, 2)
    expect(outer(), 4)
    expect(try? await asynchronous(2), 3)
    do { try await failing() } catch { expect(error, Refusal(number: 0)) }
    expect(await concurrent(), 6)
    expect(await gathered(), 6)
    expect(await isolated(), 5)
    expect(await nonsending(), 6)
    var size = 1.5
    attributed(1, by: "somebody", note: nil, size: &size, other: "unsaid")
    attributed(2, by: "somebody", note: "noted", size: &size, other: "unsaid")
    expect(size, 3.5)
    expect(keyword(in: true), true)
}
