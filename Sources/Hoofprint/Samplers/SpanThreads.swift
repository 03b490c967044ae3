import CHoofprint

/// The program's threads that are inside a span, seen from outside while they run.
///
/// Each is looked at when the iteration comes to it, which takes less than half a microsecond; the threads notice nothing.
/// A thread that runs code of an async span outside any sync span is not among them; a suspended task has no thread.
public struct SpanThreads: Sequence, @unchecked Sendable {
    // Sound: a store's threads stay where they are as long as the process lives, and are read atomically.
    let store: OpaquePointer

    /// Returns the threads one by one, in no order that means anything.
    public func makeIterator() -> Iterator { Iterator(store: store) }

    /// Finds the next thread inside a span.
    public struct Iterator: IteratorProtocol {
        private let store: OpaquePointer
        private var upcoming: UnsafeMutablePointer<hp_thread>?

        init(store: OpaquePointer) {
            self.store = store
            upcoming = hp_first_thread(store)
        }

        /// Returns the next thread; nil: there is none.
        public mutating func next() -> SpanThread? {
            while let thread = upcoming {
                upcoming = hp_next_thread(store, thread)
                var seen = hp_span_thread()
                if hp_innermost_open(store, thread, &seen) { return SpanThread(seen: seen) }
            }
            return nil
        }
    }
}

/// A thread inside a span.
public struct SpanThread: @unchecked Sendable {
    // Sound: as `SpanThreads`.
    private let seen: hp_span_thread

    init(seen: hp_span_thread) {
        self.seen = seen
    }

    /// The kernel's number for the thread (gettid(2)). It may have exited meanwhile.
    public var number: UInt32 { seen.thread }

    /// The call path of its innermost open span.
    public var path: SpanPath { SpanPath(id: seen.path) }

    /// Whether that span is open still, and no other one inside it: false says that the thread ran since it was seen.
    public var isInSpanStill: Bool {
        withUnsafePointer(to: seen) { hp_is_innermost_still($0) }
    }
}
