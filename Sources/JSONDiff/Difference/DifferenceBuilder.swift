/// Finds the changes between two texts, from the root down. What is equal is passed over by its hash; time is linear in the
/// containers that differ, with what ``SequenceComparison`` takes for arrays.
struct DifferenceBuilder: ~Copyable {
    /// What is still to be done, the next last: containers are not followed on the thread's stack.
    enum Task {
        case edit(Edit)
        case compare(ComparedText.Value, ComparedText.Value, node: Int32, path: UInt64)
    }

    var old: ComparedText
    var new: ComparedText
    var paths = PathTree()
    private(set) var edits: [Edit] = []
    private var tasks: [Task] = []
    let tolerance: Double
    /// How many edits are looked for.
    private let maximum: Int

    init(_ old: JSONDocument, _ new: JSONDocument, maximum: Int = .max) {
        tolerance = old.options.tolerance
        self.maximum = maximum
        let root = old.rules.patterns.root
        let isEqual = old.hash == new.hash || old.rules.ignores(root)
        self.old = ComparedText(old)
        self.new = ComparedText(new)
        if !isEqual { tasks.append(.compare(self.old.root, self.new.root, node: 0, path: root)) }
    }

    /// Whether there may be more than were asked for.
    var isCutOff: Bool { edits.count >= maximum && !tasks.isEmpty }

    /// Finds all, or as many as were asked for.
    mutating func run() {
        while edits.count < maximum, let task = tasks.popLast() {
            switch task {
            case .edit(let edit): edits.append(edit)
            case .compare(let left, let right, let node, let path): compare(left, right, node, path)
            }
        }
    }

    /// Compares two values whose hashes differ.
    private mutating func compare(
        _ left: ComparedText.Value, _ right: ComparedText.Value, _ node: Int32, _ path: UInt64
    ) {
        var steps: [Task] = []
        if old.isObject(left), new.isObject(right) {
            compareObjects(left, right, node, path, &steps)
        } else if old.isArray(left), new.isArray(right) {
            let (arrays, key) = old.comparison(path)
            switch arrays {
            case .list: compareLists(left, right, node, path, &steps)
            case .set, .multiset: compareBags(left, right, node, path, isSet: arrays == .set, key, &steps)
            }
        } else if !isWithinTolerance(left, right) {
            edits.append(Edit(kind: .replace, path: node, old: left.range, new: right.range))
        }
        tasks += steps.reversed()
    }

    private func isWithinTolerance(_ left: ComparedText.Value, _ right: ComparedText.Value) -> Bool {
        guard tolerance > 0, old.isNumber(left), new.isNumber(right) else { return false }
        return abs(old.double(left) - new.double(right)) <= tolerance
    }

    // Objects.

    private mutating func compareObjects(
        _ left: ComparedText.Value, _ right: ComparedText.Value, _ node: Int32, _ path: UInt64, _ steps: inout [Task]
    ) {
        let members = old.members(of: left, path: path), others = new.members(of: right, path: path)
        let pairs = Self.pairs(members, others)
        var isTaken = [Bool](repeating: false, count: others.count)
        for pair in pairs where pair >= 0 { isTaken[pair] = true }
        let added = others.indices.filter { !isTaken[$0] }
        var addedByHash = Dictionary(
            added.filter { Self.isDistinct(others[$0]) }.map { (others[$0].hash, $0) },
            uniquingKeysWith: { first, _ in first })
        for (index, member) in members.enumerated() {
            let step = PathTree.Step.oldKey(member.keyStart)
            if pairs[index] >= 0 {
                let other = others[pairs[index]]
                guard member.hash != other.hash else { continue }
                steps.append(
                    .compare(member.value, other.value, node: paths.add(step, to: node), path: member.path))
            } else if let place = addedByHash.removeValue(forKey: member.hash) {
                isTaken[place] = true
                let other = others[place]
                let to = paths.add(.newKey(other.keyStart), to: node)
                steps.append(
                    .edit(
                        Edit(
                            kind: .move, path: to, from: paths.add(step, to: node), old: member.value.range,
                            new: other.value.range)))
            } else {
                steps.append(
                    .edit(Edit(kind: .remove, path: paths.add(step, to: node), old: member.value.range)))
            }
        }
        for index in added where !isTaken[index] {
            let other = others[index]
            steps.append(
                .edit(Edit(kind: .add, path: paths.add(.newKey(other.keyStart), to: node), new: other.value.range)))
        }
    }

    /// Whether a value is long enough not to be equal to another by chance: a member with another key is the same one, renamed.
    private static func isDistinct(_ member: ComparedText.Child) -> Bool {
        member.value.end - member.value.start >= 16
    }

    /// The other member with each member's key; -1: there is none.
    private static func pairs(_ members: [ComparedText.Child], _ others: [ComparedText.Child]) -> [Int] {
        var places: [UInt64: Int]?
        return members.enumerated().map { index, member in
            if index < others.count, others[index].keyHash == member.keyHash { return index }
            let all =
                places ?? Dictionary(others.enumerated().map { ($1.keyHash, $0) }, uniquingKeysWith: { $1 })
            places = all
            return all[member.keyHash] ?? -1
        }
    }
}
