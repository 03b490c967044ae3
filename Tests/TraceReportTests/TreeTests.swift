import Testing
import TraceLog
import TraceReport

@Suite("The calling-context tree of a report")
struct TreeTests {
    /// The chain of names from the root, and the node's sums.
    private func sums(_ tree: CallingContextTree) -> [[String]: [UInt64]] {
        var chains: [[String]] = []
        var sums: [[String]: [UInt64]] = [:]
        for node in tree.nodes {
            let chain = (node.parent.map { chains[$0] } ?? []) + [tree.functions[node.function].name]
            #expect(node.depth == chain.count - 1)
            #expect(sums[chain] == nil, "a chain has one node")
            chains.append(chain)
            sums[chain] = [node.count, node.totalNanoseconds, node.selfNanoseconds, node.cpuNanoseconds]
        }
        return sums
    }

    @Test("two sessions that number their paths differently are joined by function", arguments: 1...20)
    func joined(seed: UInt64) throws {
        var first = WrittenLog(session: 1)
        var second = WrittenLog(session: 2)
        let trees = [RandomTree(seed: seed), RandomTree(seed: seed + 1_000)]
        trees[0].write(to: &first)
        trees[1].write(to: &second)
        let alone = [first, second].map { log in sums((try? report(log.bytes))?.tree ?? CallingContextTree()) }
        let both = try report(first.bytes, second.bytes)
        let expected = alone[0].merging(alone[1]) { zip($0, $1).map { $0 + $1 } }
        #expect(sums(both.tree) == expected)
        #expect(both.tree.nodes.reduce(0) { $0 + $1.selfNanoseconds } == both.selfNanoseconds)
        let roots = both.tree.nodes.filter { $0.parent == nil }
        #expect(roots.reduce(0) { $0 + $1.totalNanoseconds } == trees.reduce(0) { $0 + $1.rootTotal })
    }

    @Test("nodes stand right before those below them, siblings by total time", arguments: 1...10)
    func order(seed: UInt64) throws {
        var log = WrittenLog()
        RandomTree(seed: seed).write(to: &log)
        let nodes = try report(log.bytes).tree.nodes
        var open: [Int] = []
        var lastTotal: [Int?: UInt64] = [:]
        for (index, node) in nodes.enumerated() {
            while let last = open.last, last != node.parent { open.removeLast() }
            #expect(open.last == node.parent)
            open.append(index)
            #expect(node.totalNanoseconds <= lastTotal[node.parent] ?? .max)
            lastTotal[node.parent] = node.totalNanoseconds
        }
    }

    @Test("paths that were not called and lead to none that was are left out")
    func uncalled() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writeClock(seconds: 1)
        log.writePath(1, under: 0, "open")
        log.writePath(2, under: 1, "called")
        log.writePath(3, under: 1, "never")
        log.writeStats(2, count: 2, total: 2_000, own: 2_000, cpu: 10)
        let tree = try report(log.bytes).tree
        #expect(tree.functions.map(\.name) == ["open", "called"])
        #expect(tree.nodes.map(\.count) == [0, 2])
    }

    @Test("percentiles are of the node's own calls, on whatever clocks", arguments: [1_000_000_000, 2_600_000_000])
    func percentiles(hz: UInt64) throws {
        var first = WrittenLog(session: 1)
        first.writeSession()
        first.writeClock(hz: 1_000_000_000)
        first.writePath(1, under: 0, "GET")
        first.writeStats(1, count: 99, total: 99, own: 99, cpu: 0, durations: Array(repeating: 1_000_000, count: 99))
        var second = WrittenLog(session: 2)
        second.writeSession()
        second.writeClock(hz: hz)
        second.writePath(1, under: 0, "GET")
        let durations = Array(repeating: 3 * hz / 1_000, count: 101)
        second.writeStats(1, count: 101, total: 101, own: 101, cpu: 0, durations: durations)
        let found = try report(first.bytes, second.bytes)
        let node = try #require(found.tree.nodes.first)
        #expect(node.count == 200)
        #expect(node.p50Nanoseconds == found.functions[0].p50Nanoseconds)
        #expect(node.p99Nanoseconds == found.functions[0].p99Nanoseconds)
        #expect(abs(Double(node.p50Nanoseconds ?? 0) - 3e6) < 0.016 * 3e6)
    }

    @Test("paths that are their own ancestors are cut open, and parents that are not there make roots")
    func hostile() throws {
        var log = WrittenLog()
        log.writeSession()
        for id in 1...4 as ClosedRange<UInt64> { log.writePath(id, under: id % 4 + 1, "p\(id)") }
        log.writePath(5, under: 5, "own parent")
        log.writePath(6, under: 99, "orphan")
        for id in 1...7 as ClosedRange<UInt64> { log.writeStats(id, count: 1, total: 10, own: 10, cpu: 0) }
        let tree = try report(log.bytes).tree
        #expect(tree.nodes.count == 7)
        #expect(tree.nodes.filter { $0.parent == nil }.count == 4)
        #expect(tree.functions.contains { $0.name == "(unnamed path 7)" })
    }

    @Test("a chain of 200,000 paths is walked without recursion")
    func deepChain() throws {
        var log = WrittenLog()
        log.writeSession()
        log.writeCallsite(1, "deep")
        for id in 1...20_000 as ClosedRange<UInt64> { log.writePath(id, parent: id - 1, callsite: 1) }
        log.writeStats(20_000, count: 1, total: 10, own: 10, cpu: 0)
        let tree = try report(log.bytes).tree
        #expect(tree.nodes.count == 20_000)
        #expect(tree.nodes.last?.depth == 19_999)
    }
}
