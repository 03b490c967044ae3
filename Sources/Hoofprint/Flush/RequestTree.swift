import CHoofprint
import TraceLog

/// The tree of a request, from the spans that were gathered from the threads' rings.
struct RequestTree {
    private let root: hp_offer
    private let spans: [hp_traced_span]
    /// By span: its parent's index; nil for the root and where the parent was overwritten.
    private var parents: [Int?]

    /// Finds every span's parent.
    ///
    /// - Parameter gathered: Spans by thread, newest first: a span stands before those inside it.
    init(_ gathered: [hp_traced_span], root: hp_offer) {
        self.root = root
        let isRootThere = gathered.contains { $0.id == root.request }
        spans = isRootThere ? gathered : [Self.standIn(root)] + gathered
        parents = Array(repeating: nil, count: spans.count)
        var numbered: [UInt64: Int] = [:]
        for (index, span) in spans.enumerated() where span.id != 0 { numbered[span.id] = index }
        // The spans that enclose the one looked at, outermost first.
        var enclosing: [Int] = []
        for (index, span) in spans.enumerated() {
            if span.id != 0 {
                enclosing = []
                parents[index] = span.id == root.request ? nil : numbered[span.parent]
            } else {
                while let inner = enclosing.last, !Self.isChild(span, of: spans[inner]) { enclosing.removeLast() }
                parents[index] = enclosing.last
            }
            enclosing.append(index)
        }
    }

    /// Returns the spans in order of begin, parents before their children; those whose parent is not there stand under
    /// the root.
    func records(_ scale: TickScale) -> [TreeRecord.Span] {
        let order = spans.indices.sorted { left, right in
            if isRoot(left) != isRoot(right) { return isRoot(left) }
            if spans[left].start != spans[right].start { return spans[left].start < spans[right].start }
            return (spans[left].duration, right) > (spans[right].duration, left)
        }
        var position = Array(repeating: 0, count: spans.count)
        for (place, index) in order.enumerated() { position[index] = place }
        return order.enumerated().map { place, index in
            let span = spans[index]
            let parent = parents[index].map { position[$0] } ?? 0
            return TreeRecord.Span(
                path: UInt64(span.path), parent: UInt64(parent < place ? parent : 0),
                startNanoseconds: scale.nanoseconds(span.start > root.start ? span.start - root.start : 0),
                durationNanoseconds: scale.nanoseconds(span.duration),
                cpuNanoseconds: scale.nanoseconds(span.duration - min(span.duration, Self.offCPU(span))),
                thread: UInt64(span.thread), hasFailed: span.has_failed)
        }
    }

    private func isRoot(_ index: Int) -> Bool { spans[index].id == root.request }

    private static func isChild(_ span: hp_traced_span, of outer: hp_traced_span) -> Bool {
        let isInside = span.start >= outer.start && span.start + span.duration <= outer.start + outer.duration
        let parent = hp_path_at(hp_own_store(), span.path)?.pointee.parent?.pointee.id
        // `(other)` stands for spans of many parents.
        return isInside && (parent == nil || parent == outer.path)
    }

    /// The off-CPU ticks of a span; the CPU clock may run ahead of the counter by its reading error.
    private static func offCPU(_ span: hp_traced_span) -> UInt64 {
        Int64(bitPattern: span.off_cpu) > 0 ? span.off_cpu : 0
    }

    /// The root, where its own entry was overwritten.
    private static func standIn(_ root: hp_offer) -> hp_traced_span {
        hp_traced_span(
            path: root.path, thread: 0, id: root.request, parent: 0, start: root.start, duration: root.duration,
            off_cpu: root.duration, has_failed: root.has_failed)
    }
}
