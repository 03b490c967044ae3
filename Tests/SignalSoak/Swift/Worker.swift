import CSignalSoak

/// One that the watchdog watches.
///
/// The pointer leads to what is never given back, and is counted in atomically.
struct Worker: @unchecked Sendable {
    private let watched: OpaquePointer

    init(_ name: StaticString) {
        watched = name.withUTF8Buffer { soak_add($0.baseAddress) }
    }

    func did() { soak_did(watched) }
}
