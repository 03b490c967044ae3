/// Which span of which trace of several programs something is, as W3C Trace Context numbers them.
///
/// In records it is the optional field `trace`: 32 hexadecimal digits of the trace, `-`, and 16 of the span.
public struct TraceIdentity: Sendable, Hashable {
    /// The upper 64 bits of the trace's number.
    public var traceHigh: UInt64
    /// The lower 64 bits of the trace's number.
    public var traceLow: UInt64
    /// The span's number; of a request, that of its outermost span that is part of the trace.
    public var span: UInt64

    /// Makes an identity.
    public init(traceHigh: UInt64, traceLow: UInt64, span: UInt64) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
    }

    /// The trace's number as 32 hexadecimal digits, lower case.
    public var traceText: String { Self.text([traceHigh, traceLow]) }
    /// The span's number as 16 hexadecimal digits, lower case.
    public var spanText: String { Self.text([span]) }

    private static func text(_ words: [UInt64]) -> String {
        var digits: [UInt8] = []
        for word in words { FieldNumber.appendHexadecimal(word, digits: 16, to: &digits) }
        return String(decoding: digits, as: UTF8.self)
    }

    func write(to line: inout RecordLineWriter) {
        line.field("trace", text: "\(traceText)-\(spanText)".utf8)
    }

    /// Reads the field, where it stands at or after the current position. What is none is passed over.
    init?(_ fields: inout RecordFieldReader) {
        guard let value = fields.value("trace"), value.count == 49, value[32] == UInt8(ascii: "-"),
            let high = Self.number(value[..<16]), let low = Self.number(value[16..<32]),
            let span = Self.number(value[33...])
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span)
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        FieldNumber.parse(UnsafeRawBufferPointer(rebasing: digits), radix: 16)
    }
}
