import REDStats

/// Who asks.
struct StatsCaller: Sendable, Equatable {
    /// What a key may be used for.
    enum Scope: String, Sendable, CaseIterable {
        /// To ask for counts, subscriptions and alerts.
        case read
        /// To make, change and remove subscriptions.
        case write
        /// To see and change every client's.
        case admin
    }

    /// Whose data can be seen; nil: everybody's.
    let client: String?
    let scopes: Set<Scope>
    /// Whose allowance of requests is used.
    let allowance: String

    /// The names of the scopes, sorted.
    var scopeNames: [String] { Scope.allCases.filter(scopes.contains).map(\.rawValue) }
}
