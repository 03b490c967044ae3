import CHoofprint

/// A span as a token, for code that a closure does not fit, and the handle a span's closure is given.
///
/// ```swift
/// let s = TraceSpan.begin("cache.lookup")
/// defer { s.end() }
/// ```
///
/// End a token once, in the order of nesting, in the function that began it. In async code the closure form is the
/// better one: there a token is its children's parent only within its own task. What is ended twice, out of order or
/// on a thread that did not begin it is counted as misuse in the log, and does no harm.
public struct TraceSpan: @unchecked Sendable {
    // Sound: a frame is dereferenced only on its own thread, after it was found open there with the same start.
    @usableFromInline
    enum Storage {
        case none
        case frame(UnsafeMutablePointer<hp_frame>, start: UInt64)
        case task(hp_task_open)
    }

    @usableFromInline let storage: Storage
    @usableFromInline let isToken: Bool

    /// A span that is not recorded.
    @inlinable
    init() {
        storage = .none
        isToken = false
    }

    @inlinable
    init(frame: UnsafeMutablePointer<hp_frame>, isToken: Bool) {
        storage = .frame(frame, start: frame.pointee.start)
        self.isToken = isToken
    }

    @usableFromInline
    init(context: hp_task_open, isToken: Bool = false) {
        storage = .task(context)
        self.isToken = isToken
    }

    /// Begins a span. Cost: as the closure form's; in a task, outside any sync span, some 0.2 µs.
    ///
    /// - Parameters:
    ///   - name: The span's name, a literal.
    ///   - file: The callsite's file; leave it to its default.
    ///   - line: The callsite's line; leave it to its default.
    ///   - function: The callsite's function; leave it to its default.
    /// - Returns: The token to end it with.
    @inlinable @inline(__always)
    public static func begin(
        _ name: StaticString, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) -> TraceSpan {
        guard hp_is_recording() else { return TraceSpan() }
        if !hp_is_inside_sync_span(), let task = hp_current_task() {
            return beginInTask(task, name, file, line, function)
        }
        return TraceSpan(frame: openFrame(name, file, line, function), isToken: true)
    }

    /// Begins a span that ends before the function that began it returns, in a function that is not async.
    ///
    /// In a task ``begin(_:file:line:function:)`` has to reckon with an `await` before the span's end, so that outside of sync
    /// spans it leaves on-CPU time and waits unmeasured; this one measures them. Cost: as the closure form's.
    ///
    /// - Parameters:
    ///   - name: The span's name, a literal.
    ///   - file: The callsite's file; leave it to its default.
    ///   - line: The callsite's line; leave it to its default.
    ///   - function: The callsite's function; leave it to its default.
    /// - Returns: The token to end it with, on this thread.
    @inlinable @inline(__always)
    public static func beginSync(
        _ name: StaticString, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) -> TraceSpan {
        guard hp_is_recording() else { return TraceSpan() }
        return TraceSpan(frame: openFrame(name, file, line, function), isToken: true)
    }

    /// Ends the span, if it is a token; a closure's span ends with the closure.
    public func end() {
        guard isToken else { return }
        switch storage {
        case .none: break
        case .frame(let frame, let start): hp_end_token(frame, start)
        case .task(var open):
            hp_token_remove(&open.context)
            hp_task_end(&open)
        }
    }

    /// Marks the span as ended in an error of the type of `error`. It still has to end.
    public func fail(_ error: any Error) {
        fail(named: String(reflecting: type(of: error)))
    }

    /// Marks the span as ended in an error.
    ///
    /// - Parameter type: A name for the kind of error, from a small set: `timeout`, not a message. Secrets that ``Redaction``
    ///   finds in it are taken out, and it is cut at ``SpanAttributes/maximumValueBytes``.
    public func fail(type: String) {
        if case .none = storage { return }
        let clean = SpanText.cleaned(type).utf8.prefix(SpanAttributes.maximumValueBytes)
        fail(named: String(decoding: clean, as: UTF8.self))
    }

    private func fail(named type: String) {
        switch storage {
        case .none: break
        case .frame(let frame, let start): if hp_is_open_frame(frame, start) { SpanText.fail(frame, type: type) }
        case .task(let open): SpanText.fail(open, type: type)
        }
    }

    /// Sets an attribute. Written in mode `every`, and only if the configuration lets its key through; the value is cut at
    /// ``SpanAttributes/maximumValueBytes``. Reading gives nil: spans are written, not kept.
    public subscript(key: StaticString) -> (any SpanAttributeConvertible)? {
        get { nil }
        nonmutating set {
            guard let newValue else { return }
            switch storage {
            case .none: break
            case .frame(let frame, let start):
                if hp_is_open_frame(frame, start), frame.pointee.id != 0 {
                    SpanText.write(key, newValue, to: frame)
                }
            case .task(let open): if open.writes_span { SpanText.write(key, newValue, to: open.context) }
            }
        }
    }

    /// Begins a token that the task may carry to another thread before it ends.
    @usableFromInline @inline(never)
    static func beginInTask(
        _ task: UnsafeRawPointer, _ name: StaticString, _ file: StaticString, _ line: UInt32, _ function: StaticString
    ) -> TraceSpan {
        var under = SpanContext.innermost()
        var outermost = SpanContext.current.get().raw
        var open = hp_task_open()
        hp_task_begin(
            &open, &under, name.characters, name.length, file.characters, file.length, line, function.characters,
            function.length)
        guard open.is_open else { return TraceSpan() }
        _ = hp_token_push(task, &outermost, &open.context)
        return TraceSpan(context: open, isToken: true)
    }
}
