import Synchronization

/// How many requests a client may send: so many a second on average, and as many as ten seconds bring at once.
package final class RateLimiter: Sendable {
    /// How many clients are told apart. Further ones share an allowance, so that inventing addresses costs no memory.
    package static let maximumClients = 16_384

    private struct Allowance {
        var tokens: Double
        var updated: ContinuousClock.Instant
    }

    private let perSecond: Double
    private let burst: Double
    private struct State {
        var allowances: [String: Allowance] = [:]
        var swept = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// - Parameter perSecond: Requests a second, at least 1.
    package init(perSecond: Int) {
        self.perSecond = Double(perSecond)
        burst = Double(perSecond) * 10
    }

    /// Counts a request of a client; gives nil if it may go on, else after how many seconds to come again.
    package func take(_ client: String, now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if state.allowances.count >= Self.maximumClients, now - state.swept > .seconds(1) {
                state.allowances = state.allowances.filter { tokens($0.value, now) < burst }
                state.swept = now
            }
            let isTold = state.allowances[client] != nil || state.allowances.count < Self.maximumClients
            let name = isTold ? client : ""
            var allowance = state.allowances[name] ?? Allowance(tokens: burst, updated: now)
            allowance.tokens = tokens(allowance, now)
            allowance.updated = now
            defer { state.allowances[name] = allowance }
            guard allowance.tokens >= 1 else { return max(1, Int(((1 - allowance.tokens) / perSecond).rounded(.up))) }
            allowance.tokens -= 1
            return nil
        }
    }

    private func tokens(_ allowance: Allowance, _ now: ContinuousClock.Instant) -> Double {
        min(burst, allowance.tokens + (now - allowance.updated) / .seconds(1) * perSecond)
    }
}
