import CHoofprint
import TraceLog

/// Keeps the trees of requests worth looking at: per window and root the slowest, and the first of those that failed.
struct ExemplarCollector {
    /// How many slow and how many failed requests are kept of each root, in a window.
    private let perRoot: Int
    private var slow: [UInt32: [Exemplar]] = [:]
    private var failed: [UInt32: [Exemplar]] = [:]
    private var keptSpans = 0
    private var room: [hp_traced_span] = []

    /// Larger trees are cut, and marked as partial.
    private static let maximumTreeSpans = 2048
    /// Bound on what is kept in a window; beyond it trees are their roots alone.
    private static let maximumKeptSpans = 16_384
    /// Bound on the roots that have exemplars in a window.
    private static let maximumRoots = 64

    private struct Exemplar {
        let offer: hp_offer
        let spans: [hp_traced_span]
        let isPartial: Bool
    }

    init(perRoot: Int) {
        self.perRoot = perRoot
    }

    /// Gathers the requests offered since the last call, before their spans are overwritten.
    mutating func collect() {
        var offer = hp_offer()
        while hp_take_offer(&offer) {
            if offer.has_failed, failed[offer.path, default: []].count < perRoot {
                guard hasRoom(for: offer.path) else { continue }
                failed[offer.path, default: []].append(gather(offer))
            } else {
                keepIfSlow(offer)
            }
        }
    }

    /// Writes what was kept, and begins the next window.
    mutating func write(_ scale: TickScale, to writer: inout RecordWriter) {
        for (reason, kept) in [(RequestRecord.Reason.slow, slow), (.failed, failed)] {
            for exemplar in kept.values.joined() {
                write(exemplar, reason, scale, to: &writer)
            }
        }
        guard !slow.isEmpty || !failed.isEmpty else { return }
        slow = [:]
        failed = [:]
        keptSpans = 0
        hp_start_window()
    }

    private mutating func keepIfSlow(_ offer: hp_offer) {
        guard hasRoom(for: offer.path) else { return }
        var kept = slow[offer.path, default: []]
        if kept.count >= perRoot {
            guard let fastest = kept.indices.min(by: { kept[$0].offer.duration < kept[$1].offer.duration }),
                kept[fastest].offer.duration < offer.duration
            else { return }
            keptSpans -= kept.remove(at: fastest).spans.count
        }
        kept.append(gather(offer))
        slow[offer.path] = kept
        if kept.count >= perRoot, let floor = kept.map(\.offer.duration).min() {
            hp_set_exemplar_floor(offer.path, floor)
        }
    }

    private func hasRoom(for path: UInt32) -> Bool {
        slow[path] != nil || failed[path] != nil || slow.count + failed.count < Self.maximumRoots
    }

    private mutating func gather(_ offer: hp_offer) -> Exemplar {
        if room.isEmpty { room = Array(repeating: hp_traced_span(), count: Self.maximumTreeSpans) }
        var offer = offer
        var isPartial = false
        let capacity = min(Self.maximumTreeSpans, Self.maximumKeptSpans - keptSpans)
        let count = capacity > 0 ? hp_gather(&offer, &room, capacity, &isPartial) : 0
        keptSpans += count
        return Exemplar(offer: offer, spans: Array(room[..<count]), isPartial: isPartial || count == 0)
    }

    private func write(
        _ exemplar: Exemplar, _ reason: RequestRecord.Reason, _ scale: TickScale, to writer: inout RecordWriter
    ) {
        let offer = exemplar.offer
        let spans = RequestTree(exemplar.spans, root: offer).records(scale)
        let trees = TreeRecord.records(request: offer.request, spans: spans)
        var record = RequestRecord(
            id: offer.request, path: UInt64(offer.path), reason: reason,
            startNanoseconds: scale.sinceStart(offer.start),
            durationNanoseconds: scale.nanoseconds(offer.duration), spans: UInt64(spans.count),
            isPartial: exemplar.isPartial, parts: UInt64(trees.count))
        record.trace = TraceIdentity(offer.trace)
        writer.write(.request(record))
        for tree in trees { writer.write(.tree(tree)) }
    }
}
