import Synchronization

/// Probes that are read beside the configuration's: those of libraries that are set up on their own, before or after the
/// bootstrap.
package enum AddedProbes {
    private static let probes = Mutex<[any Probe]>([])

    /// Has a probe read at every flush from now on, for as long as the process lives.
    package static func add(_ probe: any Probe) {
        probes.withLock { $0.append(probe) }
    }

    static var all: [any Probe] { probes.withLock { $0 } }
}
