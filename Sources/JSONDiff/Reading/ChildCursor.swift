/// The members of an object or the elements of an array in a text that was checked already, in their order. Containers that are
/// kept are passed over without being read; the others are small.
struct ChildCursor {
    /// A member or an element.
    struct Child {
        /// The offset of the key's quote; of no meaning in arrays.
        var keyStart: UInt32 = 0
        /// The offset behind the key's other quote.
        var keyEnd: UInt32 = 0
        let start: UInt32
        let end: UInt32
        /// The index of its container; -1: it is none, or a small one.
        let container: Int32
    }

    private let scanner: TextScanner
    private let containers: Containers?
    private let isObject: Bool
    private let end: Int
    private var at: Int
    /// The index of the first container that may be the next child or in it.
    private var next: Int
    /// Whether an element was passed over.
    private var isBehindElement = false

    /// - Parameters:
    ///   - range: Of the container, brackets included; of a text of lines, all of it.
    ///   - containers: nil: all are to be read.
    ///   - index: Of the container in the list; -1: it is the whole of a text of lines; nil: it is small.
    init(_ scanner: TextScanner, _ range: Range<Int>, _ containers: Containers?, index: Int?, isLines: Bool = false) {
        self.scanner = scanner
        self.containers = index == nil ? nil : containers
        isObject = !isLines && scanner.base[range.lowerBound] == UInt8(ascii: "{")
        end = isLines ? range.upperBound : range.upperBound - 1
        at = isLines ? range.lowerBound : range.lowerBound + 1
        next = (index ?? 0) + 1
    }

    /// The next child. nil: there is none.
    @inline(__always)
    mutating func advance() -> Child? {
        if let child = nextContainer() { return child }
        at = scanner.token(from: at)
        if at < end, scanner.base[at] == UInt8(ascii: ",") { at = scanner.token(from: at &+ 1) }
        guard at < end, scanner.base[at] != UInt8(ascii: "]"), scanner.base[at] != UInt8(ascii: "}") else { return nil }
        var keyStart = 0, keyEnd = 0
        if isObject {
            keyStart = at
            keyEnd = scanner.stringEnd(at)
            // The colon.
            at = scanner.token(from: scanner.token(from: keyEnd) &+ 1)
        }
        let start = at
        var container: Int32 = -1
        switch scanner.base[start] {
        case UInt8(ascii: "\""): at = scanner.stringEnd(start)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if let containers, next < containers.count, containers.list[next].start == UInt32(start) {
                container = Int32(next)
                at = Int(containers.list[next].end)
                next = Int(containers.list[next].next)
            } else {
                at = scanner.containerEnd(start)
            }
        default: at = scanner.scalarEnd(start)
        }
        return Child(
            keyStart: UInt32(keyStart), keyEnd: UInt32(keyEnd), start: UInt32(start), end: UInt32(at),
            container: container)
    }

    /// An element that is kept and begins so soon behind the one before that there is no other between them: the text need not be
    /// looked at. Two bytes are a comma and at most one more; an element and its comma are three.
    @inline(__always)
    private mutating func nextContainer() -> Child? {
        guard !isObject, let containers, next < containers.count else { return nil }
        let start = Int(containers.list[next].start)
        guard isBehindElement, start < end, start &- at <= 2 else {
            isBehindElement = true
            return nil
        }
        let container = next
        at = Int(containers.list[container].end)
        next = Int(containers.list[container].next)
        return Child(start: UInt32(start), end: UInt32(at), container: Int32(container))
    }
}
