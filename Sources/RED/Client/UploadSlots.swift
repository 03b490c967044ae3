import Synchronization

/// How many uploads may be in flight at once: of everybody, and of one client.
final class UploadSlots: Sendable {
    /// What keeps an upload waiting.
    enum Refusal: Equatable {
        /// All slots are taken.
        case full
        /// The client has as many as it may.
        case clientFull
    }

    private struct State {
        var total = 0
        var byClient: [String: Int] = [:]
    }

    private let maximum: Int
    private let maximumOfClient: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximum: Of everybody.
    ///   - maximumOfClient: Of one client.
    init(_ maximum: Int, ofClient maximumOfClient: Int) {
        self.maximum = maximum
        self.maximumOfClient = maximumOfClient
    }

    /// Takes a slot, which is to be given back; or says why there is none.
    func take(_ client: String) -> Refusal? {
        state.withLock { state in
            guard state.total < maximum else { return .full }
            guard state.byClient[client, default: 0] < maximumOfClient else { return .clientFull }
            state.total += 1
            state.byClient[client, default: 0] += 1
            return nil
        }
    }

    /// Gives a slot back.
    func giveBack(_ client: String) {
        state.withLock { state in
            state.total -= 1
            let rest = state.byClient[client, default: 1] - 1
            state.byClient[client] = rest > 0 ? rest : nil
        }
    }

    /// How many are taken.
    var taken: Int { state.withLock { $0.total } }
}
