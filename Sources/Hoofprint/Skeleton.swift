public struct SpanAttributes: ExpressibleByDictionaryLiteral, Sendable {
    public init(dictionaryLiteral elements: (StaticString, any SpanAttributeConvertible)...) {}
}
public protocol SpanAttributeConvertible: Sendable {}
extension Int: SpanAttributeConvertible {}
extension Int64: SpanAttributeConvertible {}
extension UInt64: SpanAttributeConvertible {}
extension Double: SpanAttributeConvertible {}
extension Bool: SpanAttributeConvertible {}
extension String: SpanAttributeConvertible {}

public struct TraceSpan: Sendable {
    public static func begin(
        _ name: StaticString, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) -> TraceSpan { TraceSpan() }
    public func end() {}
    public func fail(_ error: any Error) {}
    public subscript(key: StaticString) -> (any SpanAttributeConvertible)? {
        get { nil }
        nonmutating set { _ = newValue }
    }
}

public func span<R: ~Copyable, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: () throws(E) -> R
) throws(E) -> R { try body() }

public func span<R: ~Copyable, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: (TraceSpan) throws(E) -> R
) throws(E) -> R { try body(TraceSpan()) }

public func span<R, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    isolation: isolated (any Actor)? = #isolation,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: () async throws(E) -> R
) async throws(E) -> R { try await body() }

public func span<R, E: Error>(
    _ name: StaticString, _ attributes: @autoclosure () -> SpanAttributes = [:],
    isolation: isolated (any Actor)? = #isolation,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: (TraceSpan) async throws(E) -> R
) async throws(E) -> R { try await body(TraceSpan()) }

public enum HoofprintSystem {
    public struct Configuration: Sendable {
        public static var fromEnvironment: Configuration { Configuration() }
    }
    public static func bootstrap(_ configuration: Configuration = .fromEnvironment) {}
    public static func flush() {}
    public static func shutdown() {}
}
