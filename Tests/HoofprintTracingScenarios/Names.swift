import HoofprintTracing
import Tracing

/// More names than are kept.
enum Names {
    static func run() {
        for user in 0..<3_000 { withSpan("GET /users/\(user)") { _ in } }
        withSpan("one more place") { _ in }
        let long = String(repeating: "ä", count: OperationNames.maximumNameBytes)
        withSpan(long) { _ in }
        withSpan("") { _ in }
    }
}
