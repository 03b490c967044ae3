import Synchronization

/// How much memory pictures that are being received may take, all together.
final class ReceivingMemory: Sendable {
    /// The most bytes of a picture that stays in memory; a longer one goes to a file.
    static let maximumPictureBytes = 2 << 20

    private let free: Atomic<Int>

    /// - Parameter bytes: For all pictures.
    init(bytes: Int = 64 << 20) {
        free = Atomic(bytes)
    }

    /// Takes so many bytes; false if there are not so many.
    func take(_ bytes: Int) -> Bool {
        let rest = free.subtract(bytes, ordering: .relaxed).newValue
        if rest < 0 { giveBack(bytes) }
        return rest >= 0
    }

    /// Gives back what was taken.
    func giveBack(_ bytes: Int) {
        free.add(bytes, ordering: .relaxed)
    }
}
