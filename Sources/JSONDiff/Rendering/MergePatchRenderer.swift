/// Writes a merge patch (RFC 7396): an object with what becomes of members, `null` for those that go.
///
/// Arrays are replaced whole. A member that is `null` in the new document cannot be said: ``JSONMergePatchError``. Time is linear in
/// both objects that differ.
public struct MergePatchRenderer: JSONDifferenceRenderer {
    /// A renderer of merge patches.
    public init() {}

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        guard difference.old.options.syntax != .ndjson else { throw JSONMergePatchError.lines }
        var walk = MergePatchWalk(difference)
        try walk.write(to: &output)
        output.append("\n")
    }
}

/// A change cannot be said in a merge patch.
public enum JSONMergePatchError: Error, Sendable, CustomStringConvertible {
    /// A member of the new document is `null`.
    case null(JSONPointer)
    /// The documents are lines.
    case lines

    /// What is wrong, and what helps.
    public var description: String {
        switch self {
        case .null(let path):
            "a merge patch cannot say that '\(path)' is null, which means there that it is removed; use the format patch"
        case .lines: "a merge patch is for one value, not for lines of values; use the format patch"
        }
    }
}

/// Both documents side by side, as far as objects differ; not on the thread's stack.
private struct MergePatchWalk: ~Copyable {
    private enum Step {
        case remove(UInt32)
        case compare(ComparedText.Child, ComparedText.Child)
        case add(ComparedText.Child)
    }

    private struct Level {
        var steps: [Step]
        var next = 0
        var isFirst = true
    }

    private let difference: JSONDifference
    private var old: ComparedText
    private var new: ComparedText
    /// The keys' offsets of members with changes in them.
    private let changed: (old: Set<UInt32>, new: Set<UInt32>)
    private var levels: [Level] = []
    /// The keys that lead to the last level, by their offsets in the new text.
    private var keys: [UInt32] = []

    init(_ difference: JSONDifference) {
        self.difference = difference
        old = ComparedText(difference.old)
        new = ComparedText(difference.new)
        changed = Self.changedKeys(difference)
    }

    private static func changedKeys(_ difference: JSONDifference) -> (Set<UInt32>, Set<UInt32>) {
        let nodes = difference.paths.nodes
        var isMarked = [Bool](repeating: false, count: nodes.count)
        var old: Set<UInt32> = [], new: Set<UInt32> = []
        for edit in difference.edits {
            var at = edit.path
            while at > 0, !isMarked[Int(at)] {
                isMarked[Int(at)] = true
                switch nodes[Int(at)].step {
                case .oldKey(let start): old.insert(start)
                case .newKey(let start): new.insert(start)
                case .index, .root: break
                }
                at = nodes[Int(at)].parent
            }
        }
        return (old, new)
    }

    mutating func write(to output: inout RenderedOutput) throws {
        let left = old.root, right = new.root
        guard old.isObject(left), new.isObject(right) else { return try write(right, to: &output) }
        output.append("{")
        let path = difference.old.rules.patterns.root
        levels.append(Level(steps: difference.isEmpty ? [] : steps(left, right, path: path)))
        while var level = levels.popLast() {
            guard level.next < level.steps.count else {
                output.append("}")
                _ = keys.popLast()
                continue
            }
            let step = level.steps[level.next]
            level.next += 1
            try write(step, &level, to: &output)
            try output.pass()
        }
    }

    /// Writes a member, and puts its level back, with that of the member on it if there are members in it.
    private mutating func write(_ step: Step, _ level: inout Level, to output: inout RenderedOutput) throws {
        var writer = JSONWriter()
        writer.append(level.isFirst ? "" : ",")
        level.isFirst = false
        let document = difference.new
        switch step {
        case .remove(let key):
            writer.append(string: difference.old.string(at: key))
            writer.append(":null")
            output.append(writer.bytes)
            levels.append(level)
        case .add(let member):
            writer.append(string: document.string(at: member.keyStart))
            writer.append(":")
            output.append(writer.bytes)
            keys.append(member.keyStart)
            try write(member.value, to: &output)
            keys.removeLast()
            levels.append(level)
        case .compare(let member, let other):
            writer.append(string: document.string(at: other.keyStart))
            writer.append(":")
            keys.append(other.keyStart)
            levels.append(level)
            if old.isObject(member.value), new.isObject(other.value) {
                writer.append("{")
                output.append(writer.bytes)
                levels.append(Level(steps: steps(member.value, other.value, path: member.path)))
            } else {
                output.append(writer.bytes)
                try write(other.value, to: &output)
                keys.removeLast()
            }
        }
    }

    private mutating func steps(_ left: ComparedText.Value, _ right: ComparedText.Value, path: UInt64) -> [Step] {
        let members = old.members(of: left, path: path), others = new.members(of: right, path: path)
        let places = Dictionary(others.enumerated().map { ($1.keyHash, $0) }, uniquingKeysWith: { $1 })
        var isTaken = [Bool](repeating: false, count: others.count)
        var steps: [Step] = []
        for member in members {
            guard let place = places[member.keyHash] else {
                steps.append(.remove(member.keyStart))
                continue
            }
            isTaken[place] = true
            if changed.old.contains(member.keyStart) || changed.new.contains(others[place].keyStart) {
                steps.append(.compare(member, others[place]))
            }
        }
        for (place, other) in others.enumerated() where !isTaken[place] { steps.append(.add(other)) }
        return steps
    }

    /// Writes a value of the new document, whose objects must have no member that is `null`.
    private mutating func write(_ value: ComparedText.Value, to output: inout RenderedOutput) throws {
        if !keys.isEmpty, new.kind(value) == UInt8(ascii: "n") { throw null(keys) }
        let text = difference.new.text
        let scanner = TextScanner(base: text.start, count: text.count)
        var cursors: [ChildCursor] = []
        var inner = keys
        func open(_ range: Range<Int>, _ container: Int32) {
            cursors.append(
                ChildCursor(scanner, range, difference.new.containers, index: container < 0 ? nil : Int(container)))
        }
        if new.isObject(value) { open(Int(value.start)..<Int(value.end), value.container) }
        while !cursors.isEmpty {
            guard let child = cursors[cursors.count - 1].advance() else {
                cursors.removeLast()
                _ = inner.popLast()
                continue
            }
            switch text.start[Int(child.start)] {
            case UInt8(ascii: "n"): throw null(inner + [child.keyStart])
            case UInt8(ascii: "{"):
                inner.append(child.keyStart)
                open(Int(child.start)..<Int(child.end), child.container)
            default: break
            }
        }
        var writer = JSONWriter()
        writer.append(value: new.bytes(value.range))
        output.append(writer.bytes)
    }

    private func null(_ keys: [UInt32]) -> JSONMergePatchError {
        .null(JSONPointer(tokens: keys.map { String(decoding: difference.new.string(at: $0), as: UTF8.self) }))
    }
}
