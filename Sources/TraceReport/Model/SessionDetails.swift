import TraceLog

/// What a log says about single requests, open spans and resources of one session.
///
/// Two readers that each took a part of a log are joined by ``merge(_:budget:)``, the one of the earlier part first; the
/// result is what one reader of the whole would have.
struct SessionDetails: Sendable {
    private(set) var requests = RequestModel()
    private(set) var openSpans = OpenSpanModel()
    private(set) var resources = ResourceModel()

    /// Takes a record in, of any kind; false where a bound was reached and it was left out.
    mutating func take(_ record: Record, sequence: UInt64, budget: inout DetailBudget) -> Bool {
        switch record {
        case .clock(let clock):
            openSpans.takeClock(sequence: sequence, budget: &budget)
            resources.take(clock, sequence: sequence)
        case .crash(let crash): openSpans.take(crash, sequence: sequence)
        case .open(let span): return openSpans.take(span, sequence: sequence, budget: &budget)
        case .request(let request): return requests.take(request, sequence: sequence, budget: &budget)
        case .tree(let piece): return requests.take(piece, budget: &budget)
        case .usage(let usage): return resources.take(usage, sequence: sequence, budget: &budget)
        case .probe(let probe): return resources.take(probe, sequence: sequence, budget: &budget)
        default: break
        }
        return true
    }

    /// Adds what another reader found, which charges `budget` for what is taken over. Returns how many records' worth was left
    /// out because a bound was reached.
    mutating func merge(_ other: SessionDetails, budget: inout DetailBudget) -> UInt64 {
        requests.merge(other.requests, budget: &budget) + openSpans.merge(other.openSpans, budget: &budget)
            + resources.merge(other.resources, budget: &budget)
    }

    /// Takes what had been counted since the session's start at an earlier flush away.
    mutating func subtract(_ earlier: SessionDetails) { resources.subtract(earlier.resources) }
}

extension SessionDetails: CarriedByMembers {
    static let blank = SessionDetails()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&requests)
        try carrier(&openSpans)
        try carrier(&resources)
    }
}
