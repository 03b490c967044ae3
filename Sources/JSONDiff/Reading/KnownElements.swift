#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The elements of an array in a text that was read, to be found again in another text: what stands there in the same bytes need
/// not be read a second time.
///
/// Elements are expected in the same order. After one that is not found, those next to it are tried, so that elements that were
/// inserted or removed cost little; what is tried is bounded by the number of elements read.
struct KnownElements {
    let text: UnsafeBufferPointer<UInt8>
    let list: ElementList
    let containers: Containers
    /// The element that is expected next.
    private var next: Int
    /// The one that was expected when the last run ended: before it, elements may have been inserted.
    private var anchor: Int
    /// How many bytes may be compared to try elements that are not expected.
    private var credit = maximumCredit

    private static let maximumCredit = 64 << 10

    init?(of document: JSONDocument, from first: Int) {
        guard let list = document.elements else { return nil }
        text = document.text.bytes(0..<document.text.count)
        self.list = list
        containers = document.containers
        next = first
        anchor = first
    }

    /// Elements that stand in the same bytes in another text, whose next element begins at an offset. nil: that one is to be read.
    ///
    /// What is between them and the element behind them is the same, too: that one begins as far behind.
    mutating func run(in other: UnsafeBufferPointer<UInt8>, at place: Int) -> Range<Int>? {
        for first in [next, anchor] {
            if let run = run(from: first, other, place) { return take(run) }
        }
        var first = next + 1
        while first < min(list.count - 1, next + 64), credit >= length(first) {
            if let run = run(from: first, other, place) { return take(run) }
            credit -= length(first)
            first += 1
        }
        // As much as the element has that is now to be read.
        if next < list.count - 1 { credit = min(credit + length(next), Self.maximumCredit) }
        next = min(next + 1, list.count)
        return nil
    }

    /// Of an element that is not the last, with what is before the next.
    private func length(_ element: Int) -> Int { Int(list.starts[element + 1] - list.starts[element]) }

    private mutating func take(_ run: Range<Int>) -> Range<Int> {
        next = run.upperBound
        anchor = next
        return run
    }

    /// Of the elements from one on, those that are the same as what is at an offset of another text.
    @inline(__always)
    private func run(from first: Int, _ other: UnsafeBufferPointer<UInt8>, _ place: Int) -> Range<Int>? {
        guard first + 1 < list.count else { return nil }
        let start = Int(list.starts[first]), needed = length(first)
        let limit = min(text.count - start, other.count - place)
        guard needed <= limit, memcmp(text.start + start, other.start + place, needed) == 0 else { return nil }
        let common = needed + Self.common(text.start + start + needed, other.start + place + needed, limit - needed)
        // The first that does not begin within what is the same, or right behind it.
        let last = list.index(from: start + common + 1) - 1
        return first..<last
    }

    /// How many bytes are the same, of at most `count`; in whole steps but for the last ones.
    private static func common(_ bytes: UnsafePointer<UInt8>, _ others: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var at = 0
        for step in [4096, 64] {
            while at + step <= count, memcmp(bytes + at, others + at, step) == 0 { at += step }
        }
        while at < count, bytes[at] == others[at] { at += 1 }
        return at
    }
}
