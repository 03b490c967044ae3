import NIOCore
import NIOHTTP1

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
    let reason: String
    let mediaType: String
    let body: ByteBuffer

    init(head: HTTPResponseHead, body: ByteBuffer) {
        status = Int(head.status.code)
        reason = head.status.reasonPhrase
        mediaType = String((head.headers.first(name: "content-type") ?? "").prefix { $0 != ";" }).lowercased()
        self.body = body
    }

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
