/// Why a function is left as it is.
public enum SkipReason: String, CaseIterable, Sendable {
    /// Of a protocol, or defined elsewhere.
    case noBody = "has no body"
    case emptyBody = "does nothing"
    /// Its body is part of the module's interface, and is compiled into whoever calls it.
    case inlinable = "is inlined into its callers (@inlinable, @_transparent, @inline(__always) …)"
    case neverReturns = "never returns"
    case resultBuilder = "is a result builder's body, which takes no other statements"
    case coroutine = "is a coroutine (_read, _modify, …): its caller runs in the midst of it"
    case differentiable = "is differentiated"
    case traced = "is traced already (@Traced)"
    case syntaxErrors = "its file has syntax errors"
    // What was asked for:
    case accessor = "is an accessor (--accessors wraps them)"
    case fewStatements = "has fewer statements than --min-statements"
    case notPublic = "is not public (--public-only)"
    case excluded = "is excluded (--exclude)"
    case notIncluded = "is not among those included (--include)"
    case cheapAndHot = "was cheap and called often in the report (--from-report)"
}
