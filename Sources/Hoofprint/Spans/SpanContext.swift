import CHoofprint

/// Names an open span, so that work elsewhere can be counted below it.
///
/// Inside tasks this is not needed: spans find their parent across `await`, child tasks and `Task {}` by themselves. It is
/// for code that leaves Swift concurrency, a thread pool or a callback:
///
/// ```swift
/// let context = SpanContext.active
/// pool.submit { context.run { span("work") { … } } }
/// ```
///
/// A context may outlive its span; spans opened under it are then still counted on their path.
public struct SpanContext: @unchecked Sendable {
    // Sound: paths live as long as the process, and an async span's state is only touched under its lock, after its
    // generation was compared.
    @usableFromInline let raw: hp_context

    /// The innermost async span of the running task.
    @usableFromInline static let current = TaskLocal(wrappedValue: SpanContext(hp_context()))

    @usableFromInline
    init(_ raw: hp_context) {
        self.raw = raw
    }

    /// The innermost async span or token of the running task. Cost: some 10 ns.
    public static var active: SpanContext {
        SpanContext(innermost())
    }

    /// Runs `body` with this context as the parent of the spans it opens on this thread.
    public func run<R>(_ body: () throws -> R) rethrows -> R {
        try Self.current.withValue(self, operation: body)
    }

    /// The context that a span opened here, outside any sync span, belongs to.
    static func innermost() -> hp_context {
        if hp_finds_contexts() { return hp_innermost_context() }
        var context = innermostBound()
        hp_find_operation(&context)
        return context
    }

    /// The same without operations, which are not bound to a task's values of ours.
    static func innermostBound() -> hp_context {
        var context = current.get().raw
        if hp_token_count() > 0 { hp_token_resolve(hp_current_task(), &context) }
        return context
    }

    /// Lets contexts be found without Swift's own copies, where the runtime at hand answers as the one known.
    static func findInPlace() {
        withProbe { probe in _ = hp_find_contexts_by(Unmanaged.passUnretained(current).toOpaque(), &probe) }
    }

    /// Lets signal handlers find the running task's context, soon: in a task of its own.
    static func findInSignals() {
        Task.detached { withProbe { probe in _ = hp_learn_task_layout(&probe) } }
    }

    /// Runs `body` with a context bound that there is no second one of.
    private static func withProbe(_ body: (inout hp_context) -> Void) {
        var probe = hp_context()
        probe.id = .random(in: 1...UInt64.max)
        probe.generation = .random(in: 1...UInt64.max)
        current.withValue(SpanContext(probe)) { body(&probe) }
    }
}
