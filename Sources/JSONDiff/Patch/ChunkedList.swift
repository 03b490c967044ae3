/// A list whose elements are put in and taken out anywhere in O(√n): pieces of some hundred elements each.
struct ChunkedList<Element> {
    private var chunks: [[Element]] = []
    /// How many elements there are.
    private(set) var count = 0

    private static var maximumSize: Int { 512 }

    init(_ elements: [Element]) {
        count = elements.count
        let size = Self.maximumSize / 2
        chunks = stride(from: 0, to: elements.count, by: size).map { start in
            Array(elements[start..<min(start + size, elements.count)])
        }
    }

    /// The chunk that an element is in, and its place in there; one behind the last is in the last chunk.
    private func place(_ index: Int) -> (chunk: Int, offset: Int) {
        var offset = index
        for (number, chunk) in chunks.enumerated() {
            if offset < chunk.count || (offset == chunk.count && number == chunks.count - 1) { return (number, offset) }
            offset -= chunk.count
        }
        return (0, 0)
    }

    subscript(index: Int) -> Element {
        get {
            let (chunk, offset) = place(index)
            return chunks[chunk][offset]
        }
        set {
            let (chunk, offset) = place(index)
            chunks[chunk][offset] = newValue
        }
    }

    /// The first element. nil: there is none.
    var first: Element? { chunks.first?.first }

    /// Puts an element before the one at an index.
    mutating func insert(_ element: Element, at index: Int) {
        if chunks.isEmpty { chunks.append([]) }
        let (chunk, offset) = place(index)
        chunks[chunk].insert(element, at: offset)
        count += 1
        guard chunks[chunk].count > Self.maximumSize else { return }
        let half = chunks[chunk].count / 2
        chunks.insert(Array(chunks[chunk][half...]), at: chunk + 1)
        chunks[chunk].removeSubrange(half...)
    }

    /// Takes an element out.
    mutating func remove(at index: Int) -> Element {
        let (chunk, offset) = place(index)
        count -= 1
        let element = chunks[chunk].remove(at: offset)
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
        return element
    }

    /// Calls a function for each element in order.
    func forEach(_ body: (Element) -> Void) {
        for chunk in chunks {
            for element in chunk { body(element) }
        }
    }
}
