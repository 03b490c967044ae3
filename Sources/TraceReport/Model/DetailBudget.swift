/// What may still be kept of requests, open spans and resources, see ``Limits``.
struct DetailBudget {
    let slowestPerRoot: Int
    let failedPerRoot: Int
    private(set) var requests: Int
    private(set) var requestSpans: Int
    private(set) var openSpans: Int
    private var counters: Int
    private var usages: Int

    init(_ limits: Limits) {
        slowestPerRoot = limits.slowestPerRoot
        failedPerRoot = limits.failedPerRoot
        requests = limits.requests
        requestSpans = limits.requestSpans
        openSpans = limits.openSpans
        counters = limits.counters
        usages = limits.usages
    }

    mutating func takeRequest() -> Bool { Self.take(1, of: &requests) }
    mutating func takeRequestSpans(_ count: Int) -> Bool { Self.take(count, of: &requestSpans) }
    mutating func takeOpenSpan() -> Bool { Self.take(1, of: &openSpans) }
    mutating func takeCounter() -> Bool { Self.take(1, of: &counters) }
    mutating func takeUsage() -> Bool { Self.take(1, of: &usages) }

    mutating func giveBackRequest(spans: Int) {
        requests += 1
        requestSpans += spans
    }

    mutating func giveBackRequestSpans(_ count: Int) { requestSpans += count }
    mutating func giveBackOpenSpans(_ count: Int) { openSpans += count }

    private static func take(_ count: Int, of left: inout Int) -> Bool {
        guard left >= count else { return false }
        left -= count
        return true
    }
}
