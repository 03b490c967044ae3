import HTTPTypes
import Hoofprint
import HTTPService
import Hummingbird
import NIOCore
import WallClock

/// `GET /images`: the records of pictures, the latest first, page by page.
struct PictureList: Sendable {
    private static let parameters = ["client", "cursor", "from", "limit", "min_red", "to"]

    let store: PictureStore
    let files: FilePool

    func respond(to request: Request, for client: Client) async throws -> Response {
        try await span("GET /images") {
            let query = try Self.query(request, client)
            // One more than the page has tells whether there is another page.
            var longer = query
            longer.limit += 1
            let wanted = longer
            let records = try await files.run { try span("record.list") { try store.list(wanted) } }
            let page = records.prefix(query.limit)
            var response = span("response.encode") {
                Response.json("{\"images\":[\(page.map(\.listed).joined(separator: ",\n"))]}")
            }
            response.headers[.cacheControl] = "private, no-cache"
            if records.count > page.count, let last = page.last, let link = HTTPField.Name("Link") {
                response.headers[link] = "<\(Self.next(request, PageCursor(last)))>; rel=\"next\""
            }
            return response
        }
    }

    private static func query(_ request: Request, _ client: Client) throws(Problem) -> RecordQuery {
        let values = request.uri.queryParameters
        for (name, _) in values where !parameters.contains(String(name)) {
            throw invalid("there is no parameter '\(name)'; there are \(parameters.joined(separator: ", "))")
        }
        let wanted = values["client"].map(String.init)
        guard client.readsAll || wanted == nil || wanted == client.name else {
            throw Problem(status: .forbidden, detail: "This key lists the pictures of '\(client.name)' only.")
        }
        var query = RecordQuery(client: wanted ?? (client.readsAll ? nil : client.name))
        query.from = try moment("from", values["from"])
        query.to = try moment("to", values["to"])
        query.minimumRed = try number("min_red", values["min_red"], 0...1_000_000) ?? 0
        query.limit = try number("limit", values["limit"], 1...RecordQuery.maximumLimit) ?? RecordQuery.defaultLimit
        if let text = values["cursor"] {
            guard let cursor = PageCursor(text) else { throw invalid("'cursor' is not from a Link of this server") }
            query.after = cursor
        }
        return query
    }

    private static func moment(_ name: String, _ text: Substring?) throws(Problem) -> Timestamp? {
        guard let text else { return nil }
        // In a query, a plus sign that was not escaped is a space.
        guard let moment = Timestamp(text.map { $0 == " " ? "+" : "\($0)" }.joined()) else {
            throw invalid("'\(name)' is a date and time of RFC 3339, as 2026-11-25T18:21:54Z, or a date")
        }
        return moment
    }

    private static func number(
        _ name: String, _ text: Substring?, _ range: ClosedRange<Int>
    ) throws(Problem) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw invalid("'\(name)' is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func invalid(_ detail: String) -> Problem {
        Problem(status: .badRequest, detail: "The query is wrong: \(detail).")
    }

    /// The same query for the page after.
    private static func next(_ request: Request, _ cursor: PageCursor) -> String {
        let kept = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
        return "/images?" + (kept.map(String.init) + ["cursor=\(cursor.text)"]).joined(separator: "&")
    }
}
