import WallClock

/// What a store cannot do, and why.
package enum StatsStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The URL of a store that is none.
    case notAURL(String, detail: String)
    /// The store cannot be reached now, or does not answer; it is tried again by itself.
    case unavailable(store: String, detail: String)
    /// There is no room left on the store's disk.
    case full(store: String)
    /// A program of a later version has changed the store's form.
    case newerSchema(store: String, version: Int, known: Int)
    /// Events or rollups that the answer needs are no longer kept; these are the nearest bounds that can be answered.
    case gone(from: Timestamp, to: Timestamp)
    /// What is to be kept or removed contradicts itself.
    case invalid(String)
    /// The store refuses to work.
    case failed(store: String, detail: String)

    /// What is wrong, with which store, and what can be done.
    package var description: String {
        switch self {
        case .notAURL(let url, let detail):
            "cannot use the store '\(url)': \(detail); give sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
        case .unavailable(let store, let detail): "the store '\(store)' is unavailable: \(detail)"
        case .full(let store): "the store '\(store)' has no room left: make some, or shorten what is kept"
        case .newerSchema(let store, let version, let known):
            "the store '\(store)' has form \(version), and this program knows forms up to \(known): use a newer program"
        case .gone(let from, let to):
            "what this interval needs is no longer kept; the nearest that can be answered is from \(from.text) to \(to.text), "
                + "in steps that are not shorter than what is kept"
        case .invalid(let detail): detail
        case .failed(let store, let detail): "the store '\(store)' fails: \(detail)"
        }
    }

    /// Whether the same may work later.
    package var isTransient: Bool {
        switch self {
        case .unavailable, .full: true
        default: false
        }
    }
}
