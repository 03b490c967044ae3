import Synchronization

/// How many uploads may be in flight at once.
final class UploadSlots: Sendable {
    private let free: Mutex<Int>

    /// - Parameter count: The number of slots.
    init(_ count: Int) {
        free = Mutex(count)
    }

    /// Takes a slot; false if all are taken.
    func take() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    /// Gives a slot back.
    func giveBack() {
        free.withLock { $0 += 1 }
    }
}
