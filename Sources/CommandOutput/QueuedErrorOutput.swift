import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Standard error, written by a thread of its own: a server goes on answering while whoever reads its log, by a pipe, does not.
///
/// What is written keeps its order. What does not fit into the queue is lost, and counted in the log itself.
package final class QueuedErrorOutput: TextOutputStream, Sendable {
    private struct Waiting {
        var bytes = 0
        /// How many texts found no room, or were not taken, since the latest that found room.
        var lost = 0

        /// Puts the line that says how many are missing before a text, and returns both with that number.
        mutating func take(_ text: [UInt8]) -> (bytes: [UInt8], lost: Int) {
            let missing = lost
            let all = QueuedErrorOutput.notice(of: missing) + text
            lost = 0
            bytes += all.count
            return (all, missing)
        }
    }

    private let descriptor: Int32
    private let room: Int
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "hoofprint.log")

    /// - Parameters:
    ///   - descriptor: Where to write; it stays open.
    ///   - room: The most bytes that wait to be written.
    package init(descriptor: Int32 = STDERR_FILENO, room: Int = 1 << 20) {
        self.descriptor = descriptor
        self.room = room
    }

    /// Hands a text of whole lines to the thread that writes; never waits.
    package func write(_ text: String) {
        let text = Array(text.utf8)
        waiting.withLock { waiting in
            guard waiting.bytes + text.count <= room else {
                waiting.lost += 1
                return
            }
            let (bytes, lost) = waiting.take(text)
            // Within the lock, so that the order is that of the writers.
            queue.async { self.put(bytes, missing: lost + 1) }
        }
    }

    /// How many texts are missing since the latest that is there.
    var lost: Int { waiting.withLock { $0.lost } }

    /// Waits until all is written, or so many seconds. Returns whether it is.
    @discardableResult
    package func drain(seconds: Double = 2) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            let (notice, lost) = self.waiting.withLock { $0.take([]) }
            self.put(notice, missing: lost)
            done.signal()
        }
        return done.wait(timeout: .now() + seconds) == .success
    }

    /// Writes bytes of the queue; without them so many texts are missing.
    private func put(_ bytes: [UInt8], missing: Int) {
        let isWritten = StandardError.write(bytes, to: descriptor)
        waiting.withLock { waiting in
            waiting.bytes -= bytes.count
            if !isWritten { waiting.lost += missing }
        }
    }

    /// A line that says how many are missing where it stands; none for none.
    private static func notice(of lost: Int) -> [UInt8] {
        lost == 0 ? [] : Array("\(lost) log messages are missing here: this log did not take them\n".utf8)
    }
}
