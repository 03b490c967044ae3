/// A label that is to be made.
struct LabelJob: Hashable, Sendable {
    let order: Int
    let carrier: String
}

/// Where labels are waited for.
actor LabelDesk {
    private var waiting: [LabelJob: [CheckedContinuation<ShippingLabel, Never>]] = [:]

    func collect(_ job: LabelJob, from queue: AsyncStream<LabelJob>.Continuation) async -> ShippingLabel {
        await withCheckedContinuation { continuation in
            waiting[job, default: []].append(continuation)
            queue.yield(job)
        }
    }

    func deliver(_ label: ShippingLabel, for job: LabelJob) {
        for customer in waiting.removeValue(forKey: job) ?? [] { customer.resume(returning: label) }
    }
}
