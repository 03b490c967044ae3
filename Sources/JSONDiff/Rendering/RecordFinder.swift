/// Finds the object around a change that is an element of an array, and what it is known by.
///
/// Arrays on the way are walked once each, as long as changes come in the order that a difference has them in.
struct RecordFinder {
    private struct Level {
        let node: Int32
        let start: Int
        /// The offsets of an array's elements, once one was asked for.
        var elements: [UInt32]?
    }

    private let paths: PathTree
    private let document: JSONDocument
    private let isNewSide: Bool
    private let scanner: TextScanner
    private let names: [String]
    private var levels: [Level]
    private var known: (node: Int32, label: String)?

    /// Members that tell which record it is, the likeliest first.
    private static let identifying = [
        "id", "_id", "uuid", "key", "name", "title", "slug", "code", "email", "path", "url", "type",
    ]
    /// How many members of a record are looked at.
    private static let maximumMembers = 1000
    /// How long a member's value may be in a label.
    private static let valueColumns = 30

    init(_ difference: JSONDifference) {
        paths = difference.paths
        // The objects around changes are in both documents; their keys are offsets in one of them.
        isNewSide = difference.paths.nodes.contains { node in
            guard node.parent > 0, case .newKey = difference.paths.nodes[Int(node.parent)].step else { return false }
            return true
        }
        document = isNewSide ? difference.new : difference.old
        scanner = TextScanner(base: document.text.start, count: document.text.count)
        let keys = document.options.keys.map(\.name)
        names = keys + Self.identifying.filter { !keys.contains($0) }
        levels = [Level(node: 0, start: document.range.lowerBound)]
    }

    /// Up to so many members of the record around what is in a container. nil: it is in none.
    mutating func label(of node: Int32, members count: Int) -> String? {
        guard count > 0 else { return nil }
        descend(to: node)
        let level = levels.last { level in
            guard case .index = paths.nodes[Int(level.node)].step else { return false }
            return scanner.base[level.start] == UInt8(ascii: "{")
        }
        guard let level else { return nil }
        if let known, known.node == level.node { return known.label.isEmpty ? nil : known.label }
        let label = label(at: level.start, count)
        known = (level.node, label)
        return label.isEmpty ? nil : label
    }

    /// Makes a node the last level.
    private mutating func descend(to node: Int32) {
        var missing: [Int32] = []
        var at = node
        // A parent's number is less than its children's.
        while true {
            while levels.count > 1, levels[levels.count - 1].node > at { levels.removeLast() }
            if levels[levels.count - 1].node == at { break }
            missing.append(at)
            at = paths.nodes[Int(at)].parent
        }
        for node in missing.reversed() {
            guard let start = start(of: paths.nodes[Int(node)].step) else { return }
            levels.append(Level(node: node, start: start))
        }
    }

    /// Where a child of the last level begins.
    private mutating func start(of step: PathTree.Step) -> Int? {
        switch step {
        case .root: return document.range.lowerBound
        case .oldKey(let key), .newKey(let key):
            return scanner.token(from: scanner.token(from: scanner.stringEnd(Int(key))) + 1)
        case .index(_, let old, let new):
            let index = Int(isNewSide ? new : old)
            let last = levels.count - 1
            let elements = levels[last].elements ?? starts(ofChildrenAt: levels[last].start, isRoot: last == 0)
            levels[last].elements = elements
            return index < elements.count ? Int(elements[index]) : nil
        }
    }

    private func cursor(at start: Int, isRoot: Bool) -> ChildCursor {
        if isRoot, document.options.syntax == .ndjson {
            return ChildCursor(scanner, document.range, document.containers, index: -1, isLines: true)
        }
        let index = document.containers.index(of: UInt32(start))
        let end = index.map { Int(document.containers.list[$0].end) } ?? scanner.valueEnd(start)
        return ChildCursor(scanner, start..<end, document.containers, index: index)
    }

    private func starts(ofChildrenAt start: Int, isRoot: Bool) -> [UInt32] {
        var starts: [UInt32] = []
        var cursor = cursor(at: start, isRoot: isRoot)
        while let child = cursor.advance() { starts.append(child.start) }
        return starts
    }

    private func label(at start: Int, _ count: Int) -> String {
        var found: [(rank: Int, text: String)] = []
        var cursor = cursor(at: start, isRoot: false)
        var members = 0
        while members < Self.maximumMembers, let child = cursor.advance() {
            members += 1
            let first = scanner.base[Int(child.start)]
            guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { continue }
            let key = document.text.bytes(Int(child.keyStart) + 1..<Int(child.keyEnd) - 1)
            // Others are taken where there is none of these, in their order.
            let rank = names.firstIndex { StringContent.isEqual(key, $0) } ?? names.count + members
            guard rank < names.count || found.count < count else { continue }
            let value = VisibleLine.value(
                document.text.bytes(Int(child.start)..<Int(child.end)), columns: Self.valueColumns)
            let name = VisibleLine.characters(Array(key), columns: Self.valueColumns)
            found.append((rank, name.text + ": " + value.text))
        }
        let known = found.filter { $0.rank < names.count }
        return (known.isEmpty ? found : known).sorted { $0.rank < $1.rank }.prefix(count).map(\.text).joined(
            separator: ", ")
    }
}
