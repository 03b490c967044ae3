import SeededRandom
import TraceLog

/// A random calling-context tree whose counters add up, with recursion, and the sums that a report must find.
struct RandomTree {
    private struct Node {
        var parent: Int?
        var callsite: Int
        var count: UInt64
        var own: UInt64
        var ownCPU: UInt64
        var total: UInt64 = 0
        var cpu: UInt64 = 0
    }

    /// Sums of a function, found by walking up from every node.
    struct Sums: Equatable {
        var count: UInt64 = 0
        var total: UInt64 = 0
        var own: UInt64 = 0
        var cpu: UInt64 = 0
    }

    private var nodes: [Node] = []
    static let callsites = 12

    init(seed: UInt64, size: Int = 200) {
        var random = SeededGenerator(seed: seed)
        for index in 0..<size {
            let isRoot = index == 0 || Int.random(in: 0..<20, using: &random) == 0
            let own = UInt64.random(in: 0..<1_000_000, using: &random)
            nodes.append(
                Node(
                    parent: isRoot ? nil : Int.random(in: 0..<index, using: &random),
                    callsite: Int.random(in: 0..<Self.callsites, using: &random),
                    count: UInt64.random(in: 1..<500, using: &random), own: own,
                    ownCPU: UInt64.random(in: 0...own, using: &random)))
        }
        for index in nodes.indices.reversed() {
            nodes[index].total += nodes[index].own
            nodes[index].cpu += nodes[index].ownCPU
            if let parent = nodes[index].parent {
                nodes[parent].total += nodes[index].total
                nodes[parent].cpu += nodes[index].cpu
            }
        }
    }

    /// Inclusive time of the roots.
    var rootTotal: UInt64 { nodes.filter { $0.parent == nil }.reduce(0) { $0 + $1.total } }

    /// The sums by function name.
    var expected: [String: Sums] {
        var sums: [String: Sums] = [:]
        for node in nodes {
            var hasSameAbove = false
            var above = node.parent
            while let index = above {
                hasSameAbove = hasSameAbove || nodes[index].callsite == node.callsite
                above = nodes[index].parent
            }
            var sum = sums["f\(node.callsite)"] ?? Sums()
            sum.count += node.count
            sum.own += node.own
            if !hasSameAbove {
                sum.total += node.total
                sum.cpu += node.cpu
            }
            sums["f\(node.callsite)"] = sum
        }
        return sums
    }

    /// Writes the tables and, `flushes` times, counters that grow up to the tree's.
    func write(to writer: inout WrittenLog, flushes: UInt64 = 1) {
        writer.writeSession()
        for flush in 1...flushes {
            writer.writeClock(seconds: flush)
            for callsite in 0..<Self.callsites { writer.writeCallsite(UInt64(callsite) + 1, "f\(callsite)") }
            for (index, node) in nodes.enumerated() {
                writer.writePath(
                    UInt64(index) + 1, parent: node.parent.map { UInt64($0) + 1 } ?? 0,
                    callsite: UInt64(node.callsite) + 1)
            }
            for (index, node) in nodes.enumerated() {
                writer.writeStats(
                    UInt64(index) + 1, count: node.count * flush / flushes, total: node.total * flush / flushes,
                    own: node.own * flush / flushes, cpu: node.cpu * flush / flushes)
            }
        }
    }
}
