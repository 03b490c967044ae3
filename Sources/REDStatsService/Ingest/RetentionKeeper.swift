import Logging
import REDStats
import ServiceLifecycle
import WallClock

/// Removes once an hour what is older than it is to be kept.
struct RetentionKeeper: Service {
    let store: any StatsStore
    let retention: Retention
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let removed = try await store.retain(retention, now: .now)
                    if removed != Retained() {
                        logger.info(
                            "removed \(removed.events) events, \(removed.rollups) rollups and \(removed.alerts) alerts")
                    }
                } catch {
                    logger.error("what is too old stays for now: \(error)")
                }
                // Ended by cancellation alone, which the loop looks at.
                try? await Task.sleep(for: .seconds(3_600))
            }
        }
    }
}
