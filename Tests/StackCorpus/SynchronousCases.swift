import CStackCorpus
import Foundation

let synchronousCases: [Case] = [
    onThread("recursion") { while !isOver { keep(recurse(60)) } },
    onThread("frames-12") { while !isOver { keep(recurse(3)) } },
    onThread("deep-recursion") { while !isOver { keep(recurse(500)) } },
    onThread("generics") { while !isOver { keep(nested(Pair(Pair(UInt64(1), UInt64(2)), UInt64(3)))) } },
    onThread("closures") { while !isOver { keep(closures(3)) } },
    onThread("witnesses") { while !isOver { for shape in shapes { keep(measure(shape)) } } },
    onThread("throwing") { while !isOver { keep(attempt(8)) } },
    onThread("collections") { while !isOver { keep(collect()) } },
    onThread("sort") { while !isOver { corpus_sort(compare) } },
    onThread("c") { corpus_plain() },
    onThread("c-large-frames") { corpus_large_frames() },
    onThread("c++-virtual") { corpus_virtual_calls() },
    onThread("c++-exceptions") { corpus_exceptions() },
    onThread("libc") { corpus_libc() },
    onThread("system-calls") { corpus_system_calls() },
    onThread("malloc") { corpus_malloc() },
    onThread("loaded") { corpus_loaded(ProcessInfo.processInfo.environment["STACK_CORPUS_LIBRARY"] ?? "") },
    onThread("alternate-stack") { corpus_alternate_stack() },
    onThread("shares") { corpus_shares() },
    onThread("tiny-thread") { corpus_tiny_thread() },
    Case(name: "main-thread") { await onMainThread() },
]

/// A case on a thread of its own.
private func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> Case {
    Case(name: name) {
        await withCheckedContinuation { continuation in
            Thread {
                body()
                continuation.resume()
            }.start()
        }
    }
}

@MainActor
private func onMainThread() {
    while !isOver { keep(recurse(10)) }
}

@inline(never) @_optimize(none)
func keep(_ value: UInt64) {}

@inline(never)
private func recurse(_ depth: UInt64) -> UInt64 { depth == 0 ? work(depth) : recurse(depth - 1) >> 1 ^ depth }

// Generics, which the compiler does not specialize.
private protocol Sized { var size: UInt64 { get } }
extension UInt64: Sized { fileprivate var size: UInt64 { work(self) } }
private struct Pair<First: Sized, Second: Sized>: Sized {
    let first: First
    let second: Second
    init(_ first: First, _ second: Second) { (self.first, self.second) = (first, second) }
    var size: UInt64 { total(first, second) }
}

@inline(never) @_semantics("optimize.sil.specialize.generic.never")
private func total<First: Sized, Second: Sized>(_ first: First, _ second: Second) -> UInt64 {
    first.size &+ second.size
}

@inline(never) @_semantics("optimize.sil.specialize.generic.never")
private func nested<Value: Sized>(_ value: Value) -> UInt64 { value.size }

@inline(never)
private func closures(_ depth: UInt64) -> UInt64 {
    let numbers: [UInt64] = [1, 2, 3]
    return apply { depth in
        numbers.map { number in apply { work($0 &+ number &+ depth) } }.reduce(0, &+)
    }
}

@inline(never)
private func apply(_ body: (UInt64) -> UInt64) -> UInt64 { body(7) }

private protocol Shape: Sendable { func area(_ seed: UInt64) -> UInt64 }
private struct Square: Shape {
    @inline(never) func area(_ seed: UInt64) -> UInt64 { work(seed) }
}
private final class Circle: Shape {
    @inline(never) func area(_ seed: UInt64) -> UInt64 { work(seed) &* 3 }
}
private let shapes: [any Shape] = [Square(), Circle(), Square()]

@inline(never)
private func measure(_ shape: any Shape) -> UInt64 { shape.area(1) }

private struct Trouble: Error { let depth: UInt64 }

@inline(never)
private func attempt(_ depth: UInt64) -> UInt64 {
    do { return try troubled(depth) } catch { return work(1) }
}

@inline(never)
private func troubled(_ depth: UInt64) throws -> UInt64 {
    guard depth > 0 else { throw Trouble(depth: work(depth)) }
    return try troubled(depth - 1) >> 1 ^ depth
}

@inline(never)
private func collect() -> UInt64 {
    var texts: [String: [UInt64]] = [:]
    for index in 0..<200 as Range<UInt64> { texts["key \(index % 17)", default: []].append(index) }
    return texts.values.joined().sorted(by: >).reduce(0, &+)
}

private func compare(_ left: UnsafeRawPointer?, _ right: UnsafeRawPointer?) -> Int32 {
    guard let left, let right else { return 0 }
    let (a, b) = (left.load(as: UInt64.self), right.load(as: UInt64.self))
    return a < b ? -1 : a > b ? 1 : 0
}
