import HTTPService
import Hoofprint
import Hummingbird
import REDStats
import WallClock

/// `GET /v1/stats`: how many pictures came in an interval, and how many were redder than a value.
struct StatsRequests: Sendable {
    let store: any StatsStore

    func count(_ parameters: QueryParameters, for caller: StatsCaller) async throws -> Response {
        let query = try query(parameters, caller)
        let result = try await store.count(query)
        return span("response.encode") {
            let buckets = result.buckets.map { bucket in
                JSONObject.Value.object([
                    ("from", .text(bucket.from.text)), ("images", .number(bucket.images)),
                    ("imagesAbove", .number(bucket.imagesAbove)),
                ])
            }
            let object = JSONObject(members: [
                ("from", .text(query.from.text)), ("to", .text(query.to.text)), ("above", .number(query.above)),
                ("images", .number(result.images)), ("imagesAbove", .number(result.imagesAbove)),
                ("buckets", .array(buckets)),
            ])
            var response = Response.json(object.text)
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    private func query(_ parameters: QueryParameters, _ caller: StatsCaller) throws(Problem) -> CountQuery {
        let from = try parameters.moment("from")
        let to = try parameters.moment("to")
        let above = try parameters.number("above", in: 0...1_000_000)
        let client = try caller.client(asking: parameters["client"])
        var step: CountStep?
        if let text = parameters["step"] {
            guard let duration = CountStep(text) else {
                throw QueryParameters.wrong(
                    "step", "it is no duration of whole minutes or months, like PT15M, PT1H, P1D or P1M")
            }
            step = duration
        }
        do throws(CountMistake) {
            return try CountQuery(from: from, to: to, above: above, client: client, step: step)
        } catch {
            throw QueryParameters.wrong(error.parameter, error.detail)
        }
    }

    /// `GET /v1/me`: who asks, and what for.
    static func me(_ caller: StatsCaller, hasKeys: Bool) -> Response {
        .json(
            JSONObject(members: [
                ("client", caller.client.map { .text($0) } ?? .null),
                ("scopes", .array(caller.scopeNames.map { .text($0) })), ("keys", .flag(hasKeys)),
            ]).text)
    }
}

extension StatsCaller {
    /// Whose data is asked for: its own, or where all can be seen whose it says.
    func client(asking name: String?) throws(Problem) -> String? {
        guard let name else { return client }
        guard client == nil || client == name else {
            throw Problem(status: .forbidden, detail: "'client': you can see what is yours alone.")
        }
        guard (1...256).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw QueryParameters.wrong("client", "it is no name of 1 to 256 bytes")
        }
        return name
    }
}
