import TraceLog

/// The header `traceparent`: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
enum TraceParent {
    static let header = "traceparent"

    /// Version, trace, span and flags with the dashes between them, in bytes.
    private static let length = 55
    private static let sampled: UInt64 = 1

    /// Reads the header; nil: it is none. Of a version to come the beginning is read, as the standard demands, if a dash or
    /// nothing follows it.
    static func read(_ text: String) -> TraceContext? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= length, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
                let version = number(bytes[0..<2]), let high = number(bytes[3..<19]),
                let low = number(bytes[19..<35]), let span = number(bytes[36..<52]), let flags = number(bytes[53..<55])
            else { return nil }
            let isLongEnough = version == 0 ? bytes.count == length : bytes.count == length || bytes[length] == dash
            guard version != 0xff, isLongEnough, high | low != 0, span != 0 else { return nil }
            return TraceContext(
                identity: TraceIdentity(traceHigh: high, traceLow: low, span: span), isSampled: flags & sampled != 0)
        }
    }

    /// Returns the header of version 00.
    static func text(of trace: TraceContext) -> String {
        "00-\(trace.traceID)-\(trace.spanID)-\(trace.isSampled ? "01" : "00")"
    }

    private static let dash = UInt8(ascii: "-")

    /// Lower-case hexadecimal digits alone: the standard allows no others.
    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
