/// A document on which operations are done: what they do not go through stays a part of its text, white space included.
///
/// Nodes name each other by number, so that none is freed by way of another, however deep they are.
struct PatchedTree: ~Copyable {
    /// A part of a text.
    private struct Part {
        let text: JSONText
        let range: Range<Int>
        var bytes: UnsafeBufferPointer<UInt8> { text.bytes(range) }
    }

    private struct Child {
        /// The white space before it.
        var lead: Part
        /// The key with its quotes; of a member.
        var key: Part?
        /// From the key to the value.
        var colon: Part
        /// -1: it was removed.
        var node: Int
    }

    private enum Node {
        case text(Part)
        case container(Container)
    }

    private struct Container {
        let isObject: Bool
        /// Members that were removed stay in their places.
        var children: ChunkedList<Child>
        /// The places of members by their keys.
        var places: [[UInt8]: Int] = [:]
        /// The white space behind the last.
        let tail: Part
    }

    private typealias Failure = JSONPatchError

    private let document: JSONDocument
    private let isLines: Bool
    private var nodes: [Node]
    private var root = 0
    private let nothing: Part
    private let colon: Part

    init(_ document: JSONDocument) {
        self.document = document
        isLines = document.options.syntax == .ndjson
        nodes = [.text(Part(text: document.text, range: document.range))]
        let colon = JSONText(copying: UnsafeRawBufferPointer(start: nil, count: 0))
        nothing = Part(text: colon, range: 0..<0)
        self.colon = Part(text: Self.text([UInt8(ascii: ":")]), range: 0..<1)
    }

    private static func text(_ bytes: [UInt8]) -> JSONText {
        bytes.withUnsafeBytes { JSONText(copying: $0) }
    }

    // Looking.

    /// Takes a container apart into its children. Throws where it is none.
    private mutating func expand(_ node: Int) -> Bool {
        guard case .text(let part) = nodes[node] else { return true }
        let isAll = isLines && node == root
        let first = isAll ? UInt8(ascii: "[") : part.bytes[0]
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
        let isObject = first == UInt8(ascii: "{")
        let scanner = TextScanner(base: part.text.start, count: part.text.count)
        let containers = part.text === document.text ? document.containers : nil
        var cursor = ChildCursor(
            scanner, part.range, containers, index: isAll ? -1 : containers?.index(of: UInt32(part.range.lowerBound)),
            isLines: isAll)
        var children: [Child] = []
        var end = isAll ? part.range.lowerBound : part.range.lowerBound + 1
        while let child = cursor.advance() {
            func cut(_ start: Int, _ end: Int) -> Part { Part(text: part.text, range: start..<end) }
            let start = Int(child.start), keyEnd = Int(child.keyEnd)
            // Behind the comma, as far as there is white space.
            let place = isObject ? Int(child.keyStart) : start
            var lead = place
            while lead > end, part.text.start[lead - 1] <= 0x20 { lead -= 1 }
            nodes.append(.text(cut(start, Int(child.end))))
            children.append(
                Child(
                    lead: cut(lead, place), key: isObject ? cut(place, keyEnd) : nil,
                    colon: isObject ? cut(keyEnd, start) : nothing, node: nodes.count - 1))
            end = Int(child.end)
        }
        let stop = isAll ? part.range.upperBound : part.range.upperBound - 1
        var tail = stop
        while tail > end, part.text.start[tail - 1] <= 0x20 { tail -= 1 }
        var container = Container(
            isObject: isObject, children: ChunkedList(children), tail: Part(text: part.text, range: tail..<stop))
        let takesFirst = document.options.duplicates == .first
        for (place, child) in children.enumerated() {
            guard child.key != nil else { break }
            let name = name(of: child)
            if takesFirst, container.places[name] != nil { continue }
            container.places[name] = place
        }
        nodes[node] = .container(container)
        return true
    }

    /// The place of a child by its token. nil: there is none.
    private mutating func place(_ token: [UInt8], in node: Int) -> Int? {
        guard expand(node), case .container(let container) = nodes[node] else { return nil }
        if container.isObject { return container.places[name(token)] }
        return Self.index(token).flatMap { $0 < container.children.count ? $0 : nil }
    }

    /// A member's name, as it is looked for.
    private func name(of child: Child) -> [UInt8] {
        guard let key = child.key else { return [] }
        return name(StringContent.characters(key.bytes))
    }

    private func name(_ token: [UInt8]) -> [UInt8] {
        document.options.normalizes ? StringContent.normalized(token) : token
    }

    /// An index without sign and leading zeros. nil: it is none.
    private static func index(_ token: [UInt8]) -> Int? {
        guard let first = token.first, token.count < 19, token.allSatisfy({ $0 &- 48 < 10 }),
            first != 48 || token.count == 1
        else { return nil }
        return token.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private mutating func child(_ token: [UInt8], of node: Int) -> Int? {
        guard let place = place(token, in: node), case .container(let container) = nodes[node] else { return nil }
        return container.children[place].node
    }

    /// The node at a path.
    private mutating func node(_ path: ArraySlice<[UInt8]>, _ index: Int) throws(JSONPatchError) -> Int {
        var at = root
        for (depth, token) in path.enumerated() {
            guard let next = child(token, of: at) else {
                throw Self.missing(path.prefix(depth + 1), index)
            }
            at = next
        }
        return at
    }

    private static func text(_ path: ArraySlice<[UInt8]>) -> String {
        path.map { "/" + JSONPointer.escaped(String(decoding: $0, as: UTF8.self)) }.joined()
    }

    private static func missing(_ path: ArraySlice<[UInt8]>, _ index: Int) -> JSONPatchError {
        JSONPatchError(index, "there is nothing at '\(text(path))'")
    }

    // Doing.

    /// Does an operation.
    mutating func apply(_ operation: JSONPatch.Operation, _ index: Int) throws(JSONPatchError) {
        switch operation.action {
        case .add: try add(newNode(operation), at: operation.path, index)
        case .remove: _ = try remove(operation.path, index)
        case .replace:
            let node = try node(operation.path[...], index)
            if let value = operation.value { nodes[node] = .text(Part(text: value.text, range: value.range)) }
        case .move:
            if operation.path.starts(with: operation.from), operation.path.count > operation.from.count {
                throw JSONPatchError(index, "a value cannot be moved into itself")
            }
            let node = try node(operation.from[...], index)
            if operation.path == operation.from { return }
            _ = try remove(operation.from, index)
            try add(node, at: operation.path, index)
        case .copy:
            let copied = Self.text(written(try node(operation.from[...], index)))
            nodes.append(.text(Part(text: copied, range: 0..<copied.count)))
            try add(nodes.count - 1, at: operation.path, index)
        case .test: try test(operation, index)
        }
    }

    private mutating func newNode(_ operation: JSONPatch.Operation) -> Int {
        if let value = operation.value { nodes.append(.text(Part(text: value.text, range: value.range))) }
        return nodes.count - 1
    }

    private mutating func add(_ node: Int, at path: [[UInt8]], _ index: Int) throws(JSONPatchError) {
        guard let last = path.last else {
            root = node
            return
        }
        let parent = try self.node(path.dropLast(), index)
        let place = place(last, in: parent)
        guard case .container(var container) = nodes[parent] else {
            throw JSONPatchError(index, "'\(Self.text(path.dropLast()))' is neither an object nor an array")
        }
        // Taken out of the tree while it changes, so that the children are not copied.
        nodes[parent] = .text(nothing)
        defer { nodes[parent] = .container(container) }
        if container.isObject, let place {
            container.children[place].node = node
            return
        }
        let first = container.children.first
        var child = Child(lead: first?.lead ?? nothing, key: nil, colon: nothing, node: node)
        var at = container.children.count
        if container.isObject {
            var writer = JSONWriter()
            writer.append(string: last)
            let key = Self.text(writer.bytes)
            child.key = Part(text: key, range: 0..<key.count)
            child.colon = first?.colon ?? colon
            container.places[name(last)] = at
        } else if last != [UInt8(ascii: "-")] {
            at = Self.index(last) ?? -1
            guard (0...container.children.count).contains(at) else {
                throw JSONPatchError(
                    index,
                    "'\(Self.text(path[...]))' is no place in an array of \(container.children.count) elements")
            }
        }
        container.children.insert(child, at: at)
    }

    private mutating func remove(_ path: [[UInt8]], _ index: Int) throws(JSONPatchError) -> Int {
        guard let last = path.last else { throw JSONPatchError(index, "the whole document cannot be removed") }
        let parent = try node(path.dropLast(), index)
        guard let place = place(last, in: parent), case .container(var container) = nodes[parent] else {
            throw Self.missing(path[...], index)
        }
        nodes[parent] = .text(nothing)
        let removed = container.children[place].node
        if !container.isObject {
            _ = container.children.remove(at: place)
        } else {
            container.places[name(last)] = nil
            container.children[place].node = -1
            // Or another member with the key would count.
            if document.options.duplicates != .error {
                for other in 0..<container.children.count where name(of: container.children[other]) == name(last) {
                    container.children[other].node = -1
                }
            }
        }
        nodes[parent] = .container(container)
        return removed
    }

    private mutating func test(_ operation: JSONPatch.Operation, _ index: Int) throws(JSONPatchError) {
        let node = try node(operation.path[...], index)
        guard let value = operation.value else { return }
        var options = JSONOptions()
        options.duplicates = document.options.duplicates
        options.maximumDepth = document.options.maximumDepth
        let found: JSONDocument, wanted: JSONDocument
        do {
            found = try JSONDocument(Self.text(written(node)), options)
            wanted = try value.withBytes { try JSONDocument(Self.text(Array($0)), options) }
        } catch {
            throw JSONPatchError(index, "the value cannot be compared: \(error)")
        }
        guard found.hash == wanted.hash else {
            throw JSONPatchError(
                index, "the test fails: at '\(Self.text(operation.path[...]))' there is another value",
                isFailedTest: true)
        }
    }

    // Writing.

    /// The document as it is now.
    var bytes: [UInt8] {
        let all = document.text.bytes(0..<document.text.count)
        // A text of lines begins where the mark does, for which there are spaces.
        let start = min(document.hasByteOrderMark ? 3 : 0, document.range.lowerBound)
        return all[start..<document.range.lowerBound] + written(root) + all[document.range.upperBound...]
    }

    /// A node's text.
    private func written(_ node: Int) -> [UInt8] {
        enum Item {
            case node(Int)
            case part(Part)
            case byte(UInt8)
        }
        var result: [UInt8] = []
        var items = [Item.node(node)]
        while let item = items.popLast() {
            switch item {
            case .byte(let byte): result.append(byte)
            case .part(let part): result += part.bytes
            case .node(let number):
                switch nodes[number] {
                case .text(let part): result += part.bytes
                case .container(let container):
                    let isAll = isLines && number == root
                    if !isAll { result.append(UInt8(ascii: container.isObject ? "{" : "[")) }
                    var inner: [Item] = []
                    container.children.forEach { child in
                        guard child.node >= 0 else { return }
                        if !inner.isEmpty { inner.append(.byte(UInt8(ascii: isAll ? "\n" : ","))) }
                        if !isAll { inner.append(.part(child.lead)) }
                        if let key = child.key { inner += [.part(key), .part(child.colon)] }
                        inner.append(.node(child.node))
                    }
                    inner.append(.part(container.tail))
                    if !isAll { inner.append(.byte(UInt8(ascii: container.isObject ? "}" : "]"))) }
                    items += inner.reversed()
                }
            }
        }
        return result
    }
}
