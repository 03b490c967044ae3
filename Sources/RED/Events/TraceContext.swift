import HTTPTypes
import Hummingbird

/// The trace that a request belongs to: W3C's Trace Context.
enum TraceContext {
    /// The `traceparent` of what follows from a request: of the request's own trace, where it says one that is well
    /// formed, else of a new one.
    static func following(_ request: Request) -> String {
        let trace = header(request).flatMap { Self.trace(in: $0) } ?? digits(2)
        return "00-\(trace)-\(digits(1))-01"
    }

    private static func header(_ request: Request) -> String? {
        HTTPField.Name("traceparent").flatMap { request.headers[$0] }
    }

    /// The trace's id in a `traceparent` of any version; nil if it is none.
    static func trace(in text: String) -> String? {
        let parts = text.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) || (97...102).contains(byte) }
        guard parts.count == 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[1].utf8.count == 32,
            parts[2].utf8.count == 16, parts.prefix(3).allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            !parts[1].utf8.allSatisfy({ $0 == 48 })
        else { return nil }
        return String(parts[1])
    }

    /// Random hexadecimal digits, 16 a word.
    static func digits(_ words: Int) -> String {
        (0..<words).map { _ in
            let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
