import Hummingbird
import ServiceLifecycle

/// Makes labels for parcels, one after the other, as the machine in the hall does.
final class LabelPrinter: Service {
    private let refusesUnknown: Bool
    private let jobs: AsyncStream<LabelJob>
    private let queue: AsyncStream<LabelJob>.Continuation
    private let desk = LabelDesk()

    init(refusesUnknown: Bool) {
        self.refusesUnknown = refusesUnknown
        (jobs, queue) = AsyncStream.makeStream()
    }

    func label(order: Int, carrier: String) async throws -> ShippingLabel {
        if refusesUnknown, Carrier(rawValue: carrier) == nil { throw HTTPError(.badRequest) }
        return await printed(LabelJob(order: order, carrier: carrier))
    }

    private func printed(_ job: LabelJob) async -> ShippingLabel {
        await desk.collect(job, from: queue)
    }

    func run() async throws {
        for await job in jobs.cancelOnGracefulShutdown() {
            guard let carrier = Carrier(rawValue: job.carrier) else { continue }
            await desk.deliver(make(job, carrier), for: job)
        }
    }

    private func make(_ job: LabelJob, _ carrier: Carrier) -> ShippingLabel {
        let digits = String(job.order, radix: 36, uppercase: true)
        let code = "\(carrier.prefix)-\(digits)-\(digits.count)"
        return ShippingLabel(order: job.order, carrier: job.carrier, code: code)
    }
}

/// Who takes parcels along.
enum Carrier: String {
    case post, courier, pallet

    var prefix: String {
        switch self {
        case .post: "P"
        case .courier: "C"
        case .pallet: "X"
        }
    }
}
