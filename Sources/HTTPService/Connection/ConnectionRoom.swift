import HummingbirdCore

/// Tells the listening socket when to leave connections in the system's queue.
struct ConnectionRoom: AvailableConnectionsDelegate {
    let connections: Connections

    func connectionOpened() { connections.taken() }
    func connectionClosed() { connections.left() }
    func isAcceptingNewConnections() -> Bool { connections.mayTake() }
}
