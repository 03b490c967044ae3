import Synchronization

/// A value that one thread leaves for another, once.
final class Handover<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) {
        self.value = Mutex(value)
    }

    /// Takes the value; nil: it was taken before.
    func take() -> Value? {
        value.withLock { held in held.take() }
    }
}
