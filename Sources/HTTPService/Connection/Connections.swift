import Logging
import NIOCore
import Synchronization

/// The connections of a server: how many there are, and which to close for a new one when there are too many.
///
/// Those that wait for a request go first, the one that has waited longest before the others: a crowd of idle
/// connections keeps nobody out. Where all are at work, the new one is refused.
///
/// Connections, and the files that their requests have open, stay within what the process may have open: where all
/// descriptors are taken, nothing in the process works any more.
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
        /// How many of them have a request.
        var working = 0
        /// In the order of their places; entries that are no longer so are passed over when they come up.
        var waiting: [Waiting] = []
        var firstWaiting = 0
        var nextPlace = 0
        var total = 0
        var evicted = 0
        /// How many descriptors there are for connections and their files; none before the server listens.
        var room = 0
        /// Sockets that were taken and are not closed: those that are not, or no longer, counted as open, too.
        var sockets = 0
        /// Where connections come from.
        var entrance: (any Channel)?
        /// Whether no connection is taken for now.
        var isShut = false
        var hasToldOfBound = false
    }

    private let maximum: Int
    private let filesOfRequest: Int
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximum: The most connections.
    ///   - filesOfRequest: How many files a request may have open, besides its connection.
    ///   - logger: Told once that there were as many as there may be.
    package init(maximum: Int, filesOfRequest: Int, logger: Logger) {
        self.maximum = maximum
        self.filesOfRequest = filesOfRequest
        self.logger = logger
    }

    /// How many are open.
    package var count: Int { state.withLock { $0.open.count } }
    /// How many there were in all.
    package var total: Int { state.withLock { $0.total } }
    /// How many were closed for new ones.
    package var evicted: Int { state.withLock { $0.evicted } }

    // MARK: The entrance

    /// Begins to take connections.
    ///
    /// - Parameters:
    ///   - entrance: The socket that they come to.
    ///   - room: How many descriptors there are for them and their files.
    func begin(at entrance: any Channel, room: Int) {
        state.withLock { state in
            state.entrance = entrance
            state.room = room
            state.isShut = false
        }
        entrance.read()
    }

    /// Whether sockets may be taken: not while others are on their way in or out, so that few are beyond the bounds.
    /// What comes meanwhile waits in the system's queue.
    func mayTake() -> Bool {
        state.withLock { state in
            let between = state.sockets - state.open.count
            state.isShut = state.room == 0 || between >= DescriptorLimit.betweenConnections
            return !state.isShut
        }
    }

    /// A socket was taken.
    func taken() { state.withLock { $0.sockets += 1 } }

    /// A socket that was taken is closed.
    func left() { state.withLock { $0.sockets -= 1 } }

    // MARK: Connections

    /// Takes a new connection, which waits for its first request; false if it is to be closed at once.
    func open(_ channel: any Channel) -> Bool {
        let (isTaken, evicted, entrance) = state.withLock { state -> (Bool, (any Channel)?, (any Channel)?) in
            state.total += 1
            var evicted: (any Channel)?
            if state.open.count >= maximum || isFull(state) {
                tellOfBound(&state)
                evicted = Self.longestWaiting(&state)
                guard evicted != nil else { return (false, nil, nil) }
                state.evicted += 1
            }
            // At work for a moment, as one is that begins to wait.
            state.open[ObjectIdentifier(channel)] = Entry(channel: channel)
            state.working += 1
            Self.wait(ObjectIdentifier(channel), &state)
            // Where another is closed for this one, that opens the entrance.
            let isOpened = state.isShut && evicted == nil
            if isOpened { state.isShut = false }
            return (true, evicted, isOpened ? state.entrance : nil)
        }
        evicted?.close(promise: nil)
        entrance?.read()
        return isTaken
    }

    /// The connection waits for a request again.
    func wait(_ channel: any Channel) {
        state.withLock { Self.wait(ObjectIdentifier(channel), &$0) }
    }

    /// A request has come on the connection; false if there is no room for the files that it may open.
    func work(_ channel: any Channel) -> Bool {
        let connection = ObjectIdentifier(channel)
        let (isTaken, evicted) = state.withLock { state -> (Bool, [any Channel]) in
            // Without an entry it was closed for another meanwhile.
            guard let entry = state.open[connection], entry.place != nil else { return (true, []) }
            state.open[connection]?.place = nil
            state.working += 1
            var evicted: [any Channel] = []
            while state.open.count + state.working * filesOfRequest > state.room {
                tellOfBound(&state)
                guard let other = Self.longestWaiting(&state) else { break }
                evicted.append(other)
                state.evicted += 1
            }
            let isTaken = state.open.count + state.working * filesOfRequest <= state.room || state.working == 1
            if !isTaken { Self.wait(connection, &state) }
            return (isTaken, evicted)
        }
        for channel in evicted { channel.close(promise: nil) }
        return isTaken
    }

    /// The connection is closed.
    func close(_ channel: any Channel) {
        state.withLock { state in
            guard let entry = state.open.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            if entry.place == nil { state.working -= 1 }
        }
    }

    /// Whether the descriptors for connections are taken.
    private func isFull(_ state: State) -> Bool {
        state.open.count + state.working * filesOfRequest >= state.room
    }

    private func tellOfBound(_ state: inout State) {
        guard !state.hasToldOfBound else { return }
        state.hasToldOfBound = true
        logger.warning(
            """
            as many connections as there may be, \(state.open.count) with \(state.working) requests; for new ones those that \
            wait longest are closed (said once; see /metrics)
            """)
    }

    private static func wait(_ connection: ObjectIdentifier, _ state: inout State) {
        guard let entry = state.open[connection] else { return }
        if entry.place == nil { state.working -= 1 }
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
