import CHoofprint

/// Runs `body` in a span: counts the call and measures its wall, self and on-CPU time on its call path.
///
/// Cost: some 25 ns while recording, one predictable branch while not; no allocation, no lock. Safe on any thread at
/// any time. An error that `body` throws marks the span as failed, with the error's type, and is thrown on.
///
/// - Parameters:
///   - name: The span's name, a literal: `image.decode`.
///   - attributes: Facts about this call; evaluated only where they are written (mode `every`).
///   - file: The callsite's file; leave it to its default.
///   - line: The callsite's line; leave it to its default.
///   - function: The callsite's function; leave it to its default.
///   - body: The work. It is called once, on the caller's thread.
/// - Returns: What `body` returns.
@inlinable @inline(__always)
public func span<R: ~Copyable, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:], file: StaticString = #fileID,
    line: UInt32 = #line, function: StaticString = #function, _ body: () throws(E) -> R
) throws(E) -> R {
    guard hp_is_recording() else { return try body() }
    let frame = openFrame(name, file, line, function)
    writeAttributes(of: frame, attributes())
    do throws(E) {
        let result = try body()
        hp_end(frame)
        return result
    } catch {
        failFrame(frame, error)
        hp_end(frame)
        throw error
    }
}

/// Runs `body` in a span and hands it the span, to set attributes or to mark it as failed.
///
/// Otherwise as ``span(_:_:file:line:function:_:)``.
@inlinable @inline(__always)
public func span<R: ~Copyable, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:], file: StaticString = #fileID,
    line: UInt32 = #line, function: StaticString = #function, _ body: (TraceSpan) throws(E) -> R
) throws(E) -> R {
    guard hp_is_recording() else { return try body(TraceSpan()) }
    let frame = openFrame(name, file, line, function)
    writeAttributes(of: frame, attributes())
    do throws(E) {
        let result = try body(TraceSpan(frame: frame, isToken: false))
        hp_end(frame)
        return result
    } catch {
        failFrame(frame, error)
        hp_end(frame)
        throw error
    }
}

/// Opens a sync span on this thread; where it is not recorded, the frame that stands for none.
@inlinable @inline(__always)
func openFrame(
    _ name: StaticString, _ file: StaticString, _ line: UInt32, _ function: StaticString
) -> UnsafeMutablePointer<hp_frame> {
    if let frame = hp_begin(name.characters, file.characters, line) { return frame }
    return openFrameSlowly(name, file, line, function)
}

/// Opens a span that the inlined way could not: it asks which span a top-level span belongs to.
@usableFromInline @inline(never)
func openFrameSlowly(
    _ name: StaticString, _ file: StaticString, _ line: UInt32, _ function: StaticString
) -> UnsafeMutablePointer<hp_frame> {
    var parent = hp_is_inside_sync_span() ? hp_context() : SpanContext.innermost()
    return hp_begin_slow(
        &parent, name.characters, name.length, file.characters, file.length, line, function.characters,
        function.length)
}

/// Writes a span's attributes where the mode and the configuration want them.
@inlinable @inline(__always)
func writeAttributes(of frame: UnsafeMutablePointer<hp_frame>, _ attributes: @autoclosure () -> SpanAttributes) {
    guard frame.pointee.is_slow, frame.pointee.id != 0 else { return }
    SpanText.write(attributes(), to: frame)
}

/// Marks a sync span as ended in an error.
@usableFromInline @inline(never)
func failFrame(_ frame: UnsafeMutablePointer<hp_frame>, _ error: any Error) {
    guard hp_is_recorded(frame) else { return }
    SpanText.fail(frame, type: String(reflecting: type(of: error)))
}

extension StaticString {
    /// The literal's characters. Literals of one Unicode scalar may have none; they count as an empty text.
    @inlinable var characters: UnsafePointer<CChar> {
        let text: StaticString = hasPointerRepresentation ? self : ""
        return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// The number of bytes at ``characters``.
    @inlinable var length: UInt32 {
        hasPointerRepresentation ? UInt32(truncatingIfNeeded: utf8CodeUnitCount) : 0
    }
}
