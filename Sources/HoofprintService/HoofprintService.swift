import Hoofprint
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Recording as a service of a `ServiceGroup`: it begins when this is made, and when the group shuts down everything is
/// flushed, and the log ended, before the group's `run` returns.
///
/// ```swift
/// let group = ServiceGroup(
///     services: [try HoofprintService(), database, server],
///     gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
/// try await group.run()
/// ```
///
/// Put it **first**: a group starts its services in order and shuts them down in the reverse one, each after the one behind it
/// has returned, so the first is the one that sees the others' last spans.
public struct HoofprintService: Service {
    /// Starts recording; takes some two milliseconds. In a build of `scripts/instrument`, which has begun by itself as the
    /// environment says, it takes that recording over.
    ///
    /// - Parameter configuration: What is recorded and where it goes.
    /// - Throws: ``RecordingHasBegun`` where this process records already, or has recorded: nothing is changed then.
    public init(_ configuration: HoofprintSystem.Configuration = .fromEnvironment) throws(RecordingHasBegun) {
        guard HoofprintSystem.takeOverOwnStart() || HoofprintSystem.start(configuration) else {
            throw RecordingHasBegun()
        }
    }

    /// Waits for the group's graceful shutdown, or for being cancelled, and ends recording: writes what was recorded and the
    /// record that says so, on a thread of its own, in at most two seconds.
    public func run() async throws {
        // Cancellation ends the wait as shutdown does, and is no failure of this service.
        try? await gracefulShutdown()
        await Self.shutDown()
    }

    /// A sink may block: no thread of the cooperative pool waits for one.
    private static func shutDown() async {
        await withCheckedContinuation { continuation in
            let context = Unmanaged.passRetained(Waiting(continuation)).toOpaque()
            var thread = pthread_t()
            if pthread_create(&thread, nil, endRecording, context) == 0 {
                pthread_detach(thread)
            } else {
                // Without threads to be had, better late than not written.
                _ = endRecording(context)
            }
        }
    }
}

/// A second recording was to begin in a process.
public struct RecordingHasBegun: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        "HoofprintService cannot start recording: this process has called HoofprintSystem.bootstrap, or made a HoofprintService, "
            + "before; keep one of them"
    }
}

private final class Waiting: Sendable {
    private let continuation: CheckedContinuation<Void, Never>

    init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    func end() { continuation.resume() }
}

/// The thread's first function.
private func endRecording(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    HoofprintSystem.shutdown()
    if let context { Unmanaged<Waiting>.fromOpaque(context).takeRetainedValue().end() }
    return nil
}
