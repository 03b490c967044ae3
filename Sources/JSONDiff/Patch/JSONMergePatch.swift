import Hoofprint

/// A merge patch (RFC 7396): an object says what becomes of members, `null` that they go; anything else takes the document's place.
public struct JSONMergePatch: Sendable {
    private let patch: JSONDocument

    /// Any document is a merge patch. It is to be one value, not lines.
    public init(_ document: JSONDocument) { patch = document }

    /// The document with the patch merged into it; what is not changed stands as it did, white space included.
    ///
    /// Cost: linear in the patch and in the objects that it goes through.
    public func applied(to document: JSONDocument) -> [UInt8] {
        span("json.merge") {
            let all = document.text.bytes(0..<document.text.count)
            var merging = Merging(document, patch)
            merging.run()
            let start = document.hasByteOrderMark ? 3 : 0
            return all[start..<document.range.lowerBound] + merging.bytes + all[document.range.upperBound...]
        }
    }
}

/// Objects of a document and of a patch side by side, not on the thread's stack.
private struct Merging: ~Copyable {
    private struct Level {
        /// The members of the document's object. nil: there is none there.
        var target: ChildCursor?
        /// As far as the document's object is written, and where it ends.
        var at = 0, end = 0
        /// The white space before its first member.
        var lead: Range<Int>?
        var members: [ChildCursor.Child]
        var places: [[UInt8]: Int] = [:]
        var isTaken: [Bool]
        var next = 0
        var isFirst = true
    }

    private let document: JSONDocument
    private let patch: JSONDocument
    private let scanner: TextScanner
    private let patchScanner: TextScanner
    private var levels: [Level] = []
    private(set) var bytes: [UInt8] = []

    init(_ document: JSONDocument, _ patch: JSONDocument) {
        self.document = document
        self.patch = patch
        scanner = TextScanner(base: document.text.start, count: document.text.count)
        patchScanner = TextScanner(base: patch.text.start, count: patch.text.count)
    }

    mutating func run() {
        let root = patch.range
        guard isObject(patch, root.lowerBound) else {
            bytes += patch.text.bytes(root)
            return
        }
        let isLines = document.options.syntax == .ndjson
        let target = !isLines && isObject(document, document.range.lowerBound) ? document.range : nil
        open(
            root, patch.containers.index(of: UInt32(root.lowerBound)), target,
            target.flatMap { document.containers.index(of: UInt32($0.lowerBound)) })
        while !levels.isEmpty { step() }
    }

    private func isObject(_ document: JSONDocument, _ start: Int) -> Bool {
        document.text.start[start] == UInt8(ascii: "{")
    }

    private mutating func open(_ patched: Range<Int>, _ container: Int?, _ target: Range<Int>?, _ targetContainer: Int?)
    {
        var cursor = ChildCursor(patchScanner, patched, patch.containers, index: container)
        var members: [ChildCursor.Child] = []
        while let child = cursor.advance() { members.append(child) }
        var level = Level(members: members, isTaken: [Bool](repeating: false, count: members.count))
        if let target {
            level.target = ChildCursor(scanner, target, document.containers, index: targetContainer)
            (level.at, level.end) = (target.lowerBound + 1, target.upperBound - 1)
            for (place, member) in members.enumerated() { level.places[patch.string(at: member.keyStart)] = place }
        }
        levels.append(level)
        bytes.append(UInt8(ascii: "{"))
    }

    private static func index(_ child: ChildCursor.Child) -> Int? { child.container < 0 ? nil : Int(child.container) }

    private mutating func step() {
        let top = levels.count - 1
        if let child = levels[top].target?.advance() { return keep(child) }
        levels[top].target = nil
        if levels[top].next < levels[top].members.count {
            let place = levels[top].next
            levels[top].next += 1
            if !levels[top].isTaken[place] { add(levels[top].members[place]) }
            return
        }
        var tail = levels[top].end
        while tail > levels[top].at, scanner.base[tail - 1] <= 0x20 { tail -= 1 }
        bytes += document.text.bytes(tail..<levels[top].end)
        bytes.append(UInt8(ascii: "}"))
        levels.removeLast()
    }

    private mutating func separate(_ lead: Range<Int>?) {
        let top = levels.count - 1
        if !levels[top].isFirst { bytes.append(UInt8(ascii: ",")) }
        levels[top].isFirst = false
        if let lead { bytes += document.text.bytes(lead) }
    }

    /// A member of the document: as it is, or merged.
    private mutating func keep(_ child: ChildCursor.Child) {
        let top = levels.count - 1
        let start = Int(child.start), end = Int(child.end), key = Int(child.keyStart)
        var lead = key
        while lead > levels[top].at, scanner.base[lead - 1] <= 0x20 { lead -= 1 }
        levels[top].at = end
        if levels[top].lead == nil { levels[top].lead = lead..<key }
        guard let place = levels[top].places[document.string(at: child.keyStart)] else {
            separate(lead..<key)
            bytes += document.text.bytes(key..<end)
            return
        }
        let member = levels[top].members[place]
        levels[top].isTaken[place] = true
        let value = Int(member.start)..<Int(member.end)
        guard patch.text.start[value.lowerBound] != UInt8(ascii: "n") else { return }
        separate(lead..<key)
        bytes += document.text.bytes(key..<start)
        guard isObject(patch, value.lowerBound) else {
            bytes += patch.text.bytes(value)
            return
        }
        open(value, Self.index(member), isObject(document, start) ? start..<end : nil, Self.index(child))
    }

    /// A member that only the patch has.
    private mutating func add(_ member: ChildCursor.Child) {
        let value = Int(member.start)..<Int(member.end)
        guard patch.text.start[value.lowerBound] != UInt8(ascii: "n") else { return }
        separate(levels[levels.count - 1].lead)
        bytes += patch.text.bytes(Int(member.keyStart)..<value.lowerBound)
        guard isObject(patch, value.lowerBound) else {
            bytes += patch.text.bytes(value)
            return
        }
        open(value, Self.index(member), nil, nil)
    }
}
