import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a server answered: the status, and the beginning of the body.
struct ServerResponse: Sendable {
    /// The most of a body that is kept.
    static let bodyLimitBytes = 64 * 1024
    /// The most that a header may take.
    static let headLimitBytes = 16 * 1024
    /// The most of a server's words that is shown.
    static let messageLimit = 300

    let status: Int
    /// The words after the status.
    var reason = ""
    /// Of the body, in lower case, without parameters.
    var mediaType = ""
    /// When to come again (RFC 9110, 10.2.3), as the server wrote it.
    var retryAfter: String?
    /// Where the server points to.
    var location: String?
    /// The beginning of the body of an answer that is no success.
    var body = ByteBuffer()
    /// Whether the connection can carry another request after this answer.
    var keepsConnection = true

    init(status: Int) { self.status = status }

    /// Whether the server has the picture.
    var isSuccess: Bool { (200...299).contains(status) }

    /// Whether the same request may be answered otherwise later: the server is busy or broken (RFC 9110, 15.5.9 and
    /// 15.6; RFC 8470, 5.2; RFC 6585, 4), or works on the same request already.
    var mayChange: Bool { [408, 409, 425, 429, 500, 502, 503, 504].contains(status) }

    /// Whether the server says that it has too much to do.
    var isOverload: Bool { status == 429 || status == 503 }

    /// The status and what the server says of it, on one line fit for a terminal: `413 Content Too Large: over 20 MB`.
    var message: String {
        // RFC 9110 renamed these two (15.5.14 and 15.5.21); the parser's names are older.
        let name =
            switch status {
            case 413: "Content Too Large"
            case 422: "Unprocessable Content"
            default: PrintableText.line(reason, limit: 60)
            }
        let line = name.isEmpty ? "\(status)" : "\(status) \(name)"
        if (300...399).contains(status), let location {
            return
                "\(line): it points to \(PrintableText.line(location, limit: Self.messageLimit)); redirections are not followed, give the new URL with --to"
        }
        guard let explanation, !explanation.isEmpty else { return line }
        return "\(line): \(PrintableText.line(explanation, limit: Self.messageLimit))"
    }

    /// Problem details (RFC 9457).
    private struct Problem: Decodable {
        let title: String?
        let detail: String?
    }

    /// What the body says, if it is of a type that is meant to be read by people.
    private var explanation: String? {
        let text = String(buffer: body)
        switch mediaType {
        case "application/problem+json":
            // A body that is no JSON explains nothing; the status is told all the same.
            guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView)) else {
                return nil
            }
            return problem.detail ?? problem.title
        case "text/plain":
            return text.split(whereSeparator: \.isNewline).first.map(String.init)
        default: return nil
        }
    }
}
