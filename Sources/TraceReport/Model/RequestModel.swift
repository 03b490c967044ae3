import TraceLog

/// A request and the pieces of its tree that came.
struct KeptRequest: Equatable {
    private(set) var record: RequestRecord
    /// The sequence number of its record.
    private(set) var sequence: UInt64
    /// Its spans by part, from 1.
    fileprivate(set) var pieces: [UInt64: [TreeRecord.Span]] = [:]

    /// How many spans came.
    var spanCount: Int { pieces.values.reduce(0) { $0 + $1.count } }

    /// Whether it is kept where only one of the two is.
    fileprivate func isKept(before other: KeptRequest) -> Bool {
        switch record.reason {
        case .slow:
            (other.record.durationNanoseconds, sequence) < (record.durationNanoseconds, other.sequence)
        case .failed: other.sequence < sequence
        }
    }
}

/// The requests of one session whose trees are kept: of each root the slowest, and the newest that failed.
///
/// Memory does not grow with the log. The pieces of a tree may come before their request, as where two readers share a
/// log, or the files of a rotated set are read newest first.
struct RequestModel {
    /// By the number of the root span.
    private(set) var kept: [UInt64: KeptRequest] = [:]
    /// The numbers of those kept of a root, the first to go last.
    private var ranked: [Rank: [UInt64]] = [:]
    /// Pieces whose request has not come.
    private var strays: [TreeRecord] = []
    /// The request that came last and was not kept: pieces of it follow.
    private var passedOver: UInt64?

    /// A request has 16 pieces at most; those of two halves of a log that it lies across come first in the second.
    private static let maximumStrays = 64

    private struct Rank: Hashable {
        var path: UInt64
        var reason: RequestRecord.Reason
    }

    /// Takes a request in; false where a bound was reached and it was left out.
    mutating func take(_ record: RequestRecord, sequence: UInt64, budget: inout DetailBudget) -> Bool {
        keep(KeptRequest(record: record, sequence: sequence), budget: &budget)
    }

    /// Whether a piece of this request's tree is of any use. It is not, and need not be decoded, where the request itself came
    /// last and was passed over for slower ones.
    func needsTree(of request: UInt64) -> Bool { passedOver != request }

    /// Takes a piece of a request's tree in; false where a bound was reached and it was left out.
    mutating func take(_ piece: TreeRecord, budget: inout DetailBudget) -> Bool {
        if let index = kept.index(forKey: piece.request) {
            guard kept.values[index].pieces[piece.part] == nil else { return true }
            guard budget.takeRequestSpans(piece.spans.count) else { return false }
            kept.values[index].pieces[piece.part] = piece.spans
            return true
        }
        guard needsTree(of: piece.request) else { return true }
        guard strays.count < Self.maximumStrays, budget.takeRequestSpans(piece.spans.count) else { return false }
        strays.append(piece)
        return true
    }

    /// Adds what another reader found in a later part of the log. Returns how many requests and pieces were left out because a
    /// bound was reached.
    mutating func merge(_ other: RequestModel, budget: inout DetailBudget) -> UInt64 {
        var leftOut: UInt64 = 0
        for piece in other.strays where !take(piece, budget: &budget) { leftOut += 1 }
        for request in other.kept.values.sorted(by: { $0.sequence < $1.sequence }) {
            guard keep(request, budget: &budget) else {
                leftOut += 1 + UInt64(request.pieces.count)
                continue
            }
            for (part, spans) in request.pieces.sorted(by: { $0.key < $1.key }) {
                let piece = TreeRecord(request: request.record.id, part: part, spans: spans)
                if !take(piece, budget: &budget) { leftOut += 1 }
            }
        }
        passedOver = other.passedOver ?? passedOver
        return leftOut
    }

    /// Keeps a request without its pieces where it ranks high enough; false where there is no room for any.
    private mutating func keep(_ request: KeptRequest, budget: inout DetailBudget) -> Bool {
        let id = request.record.id
        guard kept[id] == nil else { return true }
        let rank = Rank(path: request.record.path, reason: request.record.reason)
        let maximum = rank.reason == .slow ? budget.slowestPerRoot : budget.failedPerRoot
        let known = ranked[rank] ?? []
        let place = known.firstIndex { kept[$0].map(request.isKept(before:)) ?? true } ?? known.count
        passedOver = id
        guard place < maximum else { return true }
        if known.count >= maximum, let last = known.last { remove(last, of: rank, budget: &budget) }
        guard budget.takeRequest() else { return false }
        passedOver = nil
        kept[id] = KeptRequest(record: request.record, sequence: request.sequence)
        ranked[rank, default: []].insert(id, at: place)
        adoptStrays(of: id, budget: &budget)
        return true
    }

    private mutating func remove(_ id: UInt64, of rank: Rank, budget: inout DetailBudget) {
        ranked[rank]?.removeLast()
        if let request = kept.removeValue(forKey: id) { budget.giveBackRequest(spans: request.spanCount) }
    }

    private mutating func adoptStrays(of id: UInt64, budget: inout DetailBudget) {
        for piece in strays where piece.request == id {
            budget.giveBackRequestSpans(piece.spans.count)
            _ = take(piece, budget: &budget)
        }
        strays.removeAll { $0.request == id }
    }
}

extension RequestModel: CarriedByMembers {
    static let blank = RequestModel()

    /// What ranks first is found again.
    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&kept)
        try carrier(&strays)
        try carrier(&passedOver)
        guard carrier.isReading else { return }
        try carrier.require(kept.allSatisfy { $0.key == $0.value.record.id }, "a request goes by another's number")
        for request in kept.values.sorted(by: { $0.isKept(before: $1) }) {
            ranked[Rank(path: request.record.path, reason: request.record.reason), default: []]
                .append(request.record.id)
        }
    }
}

extension KeptRequest: CarriedByMembers {
    static let blank = KeptRequest(record: .blank, sequence: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&record)
        try carrier(&sequence)
        try carrier(&pieces)
    }
}
