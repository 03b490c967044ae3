/// Memory for intermediate results, used again and again; what it holds is lost when more is asked for.
struct WorkMemory<Element: BitwiseCopyable>: ~Copyable {
    private var storage: UnsafeMutableBufferPointer<Element>

    init(count: Int = 0) {
        storage = .allocate(capacity: count)
    }

    deinit { storage.deallocate() }

    /// Room for `count` elements, not initialised, valid until the next call.
    mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
        if count > storage.count || storage.baseAddress == nil {
            storage.deallocate()
            storage = .allocate(capacity: max(count, 1))
        }
        return storage.baseAddress.unsafelyUnwrapped
    }
}
