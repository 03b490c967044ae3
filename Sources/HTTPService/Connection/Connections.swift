import NIOCore
import Synchronization

/// The connections of a server: how many there are, and which to close for a new one when there are too many.
///
/// Those that wait for a request go first, the one that has waited longest before the others: a crowd of idle
/// connections keeps nobody out. Where all are at work, the new one is refused.
package final class Connections: Sendable {
    private struct Entry {
        let channel: any Channel
        /// Its place in the order of waiting; nil while it has a request.
        var place: Int?
    }

    private struct Waiting {
        let connection: ObjectIdentifier
        let place: Int
    }

    private struct State {
        var open: [ObjectIdentifier: Entry] = [:]
        /// In the order of their places; entries that are no longer so are passed over when they come up.
        var waiting: [Waiting] = []
        var firstWaiting = 0
        var nextPlace = 0
        var total = 0
        var evicted = 0
    }

    private let maximum: Int
    private let state = Mutex(State())

    /// - Parameter maximum: The most connections.
    package init(maximum: Int) {
        self.maximum = maximum
    }

    /// How many are open.
    package var count: Int { state.withLock { $0.open.count } }
    /// How many there were in all.
    package var total: Int { state.withLock { $0.total } }
    /// How many were closed for new ones.
    package var evicted: Int { state.withLock { $0.evicted } }

    /// Takes a new connection, which waits for its first request; false if it is to be closed at once.
    func open(_ channel: any Channel) -> Bool {
        let (isTaken, evicted) = state.withLock { state -> (Bool, (any Channel)?) in
            state.total += 1
            var evicted: (any Channel)?
            if state.open.count >= maximum {
                evicted = Self.longestWaiting(&state)
                guard evicted != nil else { return (false, nil) }
                state.evicted += 1
            }
            state.open[ObjectIdentifier(channel)] = Entry(channel: channel)
            Self.wait(ObjectIdentifier(channel), &state)
            return (true, evicted)
        }
        evicted?.close(promise: nil)
        return isTaken
    }

    /// The connection waits for a request again.
    func wait(_ channel: any Channel) {
        state.withLock { Self.wait(ObjectIdentifier(channel), &$0) }
    }

    /// A request has come on the connection.
    func work(_ channel: any Channel) {
        state.withLock { $0.open[ObjectIdentifier(channel)]?.place = nil }
    }

    /// The connection is closed.
    func close(_ channel: any Channel) {
        state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    private static func wait(_ connection: ObjectIdentifier, _ state: inout State) {
        guard state.open[connection] != nil else { return }
        state.open[connection]?.place = state.nextPlace
        state.waiting.append(Waiting(connection: connection, place: state.nextPlace))
        state.nextPlace += 1
        if state.waiting.count > 2 * state.open.count + 1_024 {
            let open = state.open
            state.waiting = state.waiting[state.firstWaiting...].filter { open[$0.connection]?.place == $0.place }
            state.firstWaiting = 0
        }
    }

    /// Takes the connection out that has waited longest; nil if none waits.
    private static func longestWaiting(_ state: inout State) -> (any Channel)? {
        while state.firstWaiting < state.waiting.count {
            let candidate = state.waiting[state.firstWaiting]
            state.firstWaiting += 1
            if let entry = state.open[candidate.connection], entry.place == candidate.place {
                state.open[candidate.connection] = nil
                return entry.channel
            }
        }
        return nil
    }
}
