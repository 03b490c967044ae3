import CHoofprint
import Synchronization
import TraceLog

/// A span that is begun and ended by two calls, anywhere, and whose name is known at run time only: an operation.
///
/// It has one owner, who lets one thread at a time at it.
package struct OperationSpan: @unchecked Sendable, ~Copyable {
    // Sound: the recorder touches what it points to as it does for any async span, which may end on another thread: under the
    // span's lock, or, of the sync span that it was begun in, on that one's thread alone.
    private var raw = hp_operation()

    /// Where an operation is begun, with its name. The texts stay in memory until the process ends: make few.
    package struct Place: @unchecked Sendable {
        // Sound: the texts are never changed and never given back.
        fileprivate let raw: hp_place_text

        package init(name: String, file: String, line: UInt32, function: String) {
            func kept(_ text: String) -> (UnsafePointer<CChar>, UInt32) {
                let bytes = Array(text.utf8)
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, bytes.count))
                for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
                return (UnsafePointer(copy), UInt32(truncatingIfNeeded: bytes.count))
            }
            let (name, nameLength) = kept(SpanText.cleaned(name))
            let (file, fileLength) = kept(file)
            let (function, functionLength) = kept(function)
            raw = hp_place_text(
                name: name, file: file, function: function, name_length: nameLength, file_length: fileLength,
                function_length: functionLength, line: line)
        }
    }

    /// An operation that was not begun.
    package init() {}

    /// Whether spans are recorded now.
    package static var isRecording: Bool { hp_is_recording() }

    /// Whether the operation is written as a record of its own, with its attributes: mode `every`.
    package var isWritten: Bool { raw.task.is_open && raw.task.writes_span }

    /// What a span opened here, outside of operations, is a child of.
    private static func surroundings() -> hp_context { SpanContext.innermostBound() }

    /// Begins the operation inside the innermost span of what runs here that is no operation, if `outer` joins no operation.
    package mutating func begin(at place: borrowing Place, inside outer: (inout OperationContext) -> Void) {
        var context = OperationContext(raw: Self.surroundings())
        outer(&context)
        var text = place.raw
        hp_operation_begin(&raw, &context.raw, &text)
    }

    /// Replaces `context` by this operation's, unless what it names is inside the operation.
    package func join(_ context: inout OperationContext) {
        withUnsafePointer(to: raw) { hp_operation_join($0, &context.raw) }
    }

    /// Counts the operation under another name when it ends, and what is opened inside it from now on.
    package mutating func rename(to place: borrowing Place) {
        var text = place.raw
        hp_operation_rename(&raw, &text)
    }

    /// Notes which trace the operation is part of.
    package func setTrace(_ trace: TraceIdentity) {
        var identity = hp_trace_id(high: trace.traceHigh, low: trace.traceLow, span: trace.span)
        withUnsafePointer(to: raw) { hp_operation_set_trace($0, &identity) }
    }

    /// Writes a text of the operation, if there is a record for it. Where the text may hold what a log must not, the
    /// configuration has to let its key through, and secrets are taken out.
    package func write(_ key: String, _ value: String, isHarmless: Bool = false) {
        guard isWritten, isHarmless || SpanText.policy.withLock({ $0.allows(key) }) else { return }
        let text = isHarmless ? value : SpanText.redaction.withLock { $0 }.value(value, of: key)
        SpanText.write(key, text, to: raw.task.context)
    }

    /// Marks the operation as ended in an error.
    package func fail(type: String) { SpanText.fail(raw.task, type: SpanText.cleaned(type)) }

    /// Ends the operation, on any thread.
    package mutating func end() { hp_operation_end(&raw) }

    /// From now on spans ask `finder` which operation they are in: once a begin of an async or a top-level sync span. It is
    /// called where they begin, with the innermost span that is no operation, to let an operation `join` it. The first finder
    /// stays.
    package static func ask(_ finder: @escaping @Sendable (inout OperationContext) -> Void) {
        isAsked.withLock { isAsked in
            guard !isAsked else { return }
            isAsked = true
            self.finder = finder
            hp_set_operation_finder { context in
                guard let context else { return }
                var changed = OperationContext(raw: context.pointee)
                OperationSpan.finder(&changed)
                context.pointee = changed.raw
            }
        }
    }

    private static let isAsked = Mutex(false)
    // Sound: written once, before the recorder knows that there is one to call, and read only after it does.
    nonisolated(unsafe) private static var finder: @Sendable (inout OperationContext) -> Void = { _ in }
}

/// The innermost span while it is looked for.
package struct OperationContext {
    fileprivate var raw: hp_context

    fileprivate init(raw: hp_context) {
        self.raw = raw
    }
}

extension TraceIdentity {
    /// Nil: the span is of no trace.
    init?(_ raw: hp_trace_id) {
        guard raw.high | raw.low != 0 else { return nil }
        self.init(traceHigh: raw.high, traceLow: raw.low, span: raw.span)
    }
}
