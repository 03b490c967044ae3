import Hummingbird
import WallClock

/// A picture's validators, and what a request's conditions make of them (RFC 9110, section 13).
struct Preconditions {
    /// The strong entity tag: the content's hash in quotes.
    let tag: String
    /// When the picture was received.
    let modified: Timestamp

    /// Whether the client has the picture already, so that 304 is the answer. `If-None-Match` goes before
    /// `If-Modified-Since`.
    func isKnown(to request: Request) -> Bool {
        let tags = request.headers[values: .ifNoneMatch]
        if !tags.isEmpty {
            return tags.joined(separator: ",").split(separator: ",").contains { part in
                let text = Self.trimmed(part)
                // The comparison is the weak one.
                return text == "*" || text == tag || text == "W/\(tag)"
            }
        }
        guard let since = request.headers[.ifModifiedSince].flatMap({ Timestamp(http: $0) }) else { return false }
        return modified.milliseconds / 1_000 <= since.milliseconds / 1_000
    }

    /// Whether a `Range` is to be followed: `If-Range`, where there is one, names this very picture.
    func allowsRange(of request: Request) -> Bool {
        guard let condition = request.headers[.ifRange].map({ Self.trimmed(Substring($0)) }) else { return true }
        return condition == tag || condition == modified.httpText
    }

    private static func trimmed(_ text: Substring) -> String {
        text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
