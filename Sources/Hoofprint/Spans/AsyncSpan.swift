import CHoofprint

/// Runs async `body` in a span: counts the call and measures its wall and self time on its call path.
///
/// What `body` awaits counts in; so does suspended time. Spans opened below, in this task, in its child tasks and in
/// `Task {}` started there, become its children. On-CPU time is what sync spans below used: a lower bound.
///
/// Cost: about 0.2 µs while recording, no allocation outside the task's own; one branch while not. The body runs where the
/// caller runs. An error marks the span as failed, with the error's type, and is thrown on.
///
/// - Parameters:
///   - name: The span's name, a literal: `POST /images`.
///   - attributes: Facts about this call; evaluated only where they are written (mode `every`).
///   - isolation: The caller's actor, by default.
///   - file: The callsite's file; leave it to its default.
///   - line: The callsite's line; leave it to its default.
///   - function: The callsite's function; leave it to its default.
///   - body: The work. It is called once.
/// - Returns: What `body` returns.
@inlinable
public func span<R, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function, _ body: () async throws(E) -> R
) async throws(E) -> R {
    guard hp_is_recording() else { return try await body() }
    var open = AsyncSpan()
    open.begin(name, file, line, function)
    if open.writesText { SpanText.write(attributes(), to: open.context) }
    return try await open.run(isolation: isolation, body)
}

/// Runs async `body` in a span and hands it the span, to set attributes or to mark it as failed.
///
/// Otherwise as ``span(_:_:isolation:file:line:function:_:)``.
@inlinable
public func span<R, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function, _ body: (TraceSpan) async throws(E) -> R
) async throws(E) -> R {
    guard hp_is_recording() else { return try await body(TraceSpan()) }
    var open = AsyncSpan()
    open.begin(name, file, line, function)
    if open.writesText { SpanText.write(attributes(), to: open.context) }
    let handle = TraceSpan(context: open.open)
    return try await open.run(isolation: isolation) { () async throws(E) -> R in try await body(handle) }
}

/// An open async span, in the frame of the function that opened it. It stays there: a copy costs as much as a clock.
@usableFromInline
struct AsyncSpan {
    @usableFromInline var open = hp_task_open()

    @inlinable
    init() {}

    @usableFromInline
    mutating func begin(_ name: StaticString, _ file: StaticString, _ line: UInt32, _ function: StaticString) {
        if hp_finds_contexts() {
            return hp_task_begin(
                &open, nil, name.characters, name.length, file.characters, file.length, line, function.characters,
                function.length)
        }
        var parent = SpanContext.innermost()
        hp_task_begin(
            &open, &parent, name.characters, name.length, file.characters, file.length, line, function.characters,
            function.length)
    }

    @inlinable var context: hp_context { open.context }
    @inlinable var writesText: Bool { open.is_open && open.writes_span }

    /// Runs `body` with this span as the task's innermost, and ends it.
    @inlinable
    mutating func run<R, E: Error>(
        isolation: isolated (any Actor)?, _ body: () async throws(E) -> R
    ) async throws(E) -> R {
        // TaskLocal's withValue throws untyped, so the outcome passes through it as a value.
        let outcome: Result<R, E> = await SpanContext.current.withValue(SpanContext(context)) {
            do throws(E) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let value):
            hp_task_end(&open)
            return value
        case .failure(let error):
            end(failedWith: error)
            throw error
        }
    }

    @usableFromInline
    mutating func end(failedWith error: any Error) {
        SpanText.fail(open, type: String(reflecting: type(of: error)))
        hp_task_end(&open)
    }
}
