import REDStats

/// What the server takes and answers, as OpenAPI 3.1 says it. A test holds every route and answer against it.
enum StatsOpenAPI {
    /// The document of `/openapi.json`.
    static let document = """
        {
        "openapi": "3.1.0",
        "info": {"title": "red-stats", "version": "1.0.0",
          "summary": "Counts pictures by how red they are, and tells clients of those that are redder than they want.",
          "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "paths": {\(paths)},
        "components": {
          "securitySchemes": {"key": {"type": "http", "scheme": "bearer",
            "description": "Asked for where the server is started with --keys."}},
          "parameters": \(parameters),
          "responses": {"problem": {"description": "Why not.",
            "content": {"application/problem+json": {"schema": \(ref("schemas/problem"))}}}},
          "schemas": \(schemas)
        }
        }
        """

    private static let paths = """
        "/v1/stats": {"parameters": [\(ref("parameters/as"))], "get": {
          "operationId": "count", "summary": "How many pictures came in an interval, and how many were redder than a value.",
          "parameters": [
            {"name": "from", "in": "query", "required": true, "description": "From this moment on.", "schema": \(moment)},
            {"name": "to", "in": "query", "required": true, "description": "Before this moment, which is later.",
              "schema": \(moment)},
            {"name": "above", "in": "query", "required": true,
              "description": "Strictly more red than so much, in parts per million.", "schema": \(ref("schemas/red"))},
            \(ref("parameters/client")),
            {"name": "step", "in": "query",
              "description": "How long the answer's intervals are, \(CountQuery.mostBuckets) at most; they are UTC's calendar's.",
              "schema": {"type": "string", "pattern": "^P(T[0-9]{1,6}[MH]|[0-9]{1,6}[DWMY])$", "example": "PT1H"}}],
          "responses": {"200": {"description": "The counts, exact, of one moment.", "content": \(json("stats"))},
            \(problems([400, 401, 403, 410, 429, 500, 503]))}}},
        "/v1/me": {"parameters": [\(ref("parameters/as"))], "get": {"operationId": "me", "summary": "Who asks, and what for.",
          "responses": {"200": {"description": "The caller.", "content": \(json("caller"))},
            \(problems([400, 401, 403, 429, 500, 503]))}}},
        "/v1/subscriptions": {"parameters": [\(ref("parameters/as"))],
          "get": {"operationId": "listSubscriptions", "summary": "The client's subscriptions, by their ids.",
            "parameters": [\(ref("parameters/client")),
              {"name": "after", "in": "query", "description": "Where the page before ended: its next.",
                "schema": \(name)}, \(ref("parameters/limit"))],
            "responses": {"200": {"description": "A page of them.", "content": \(json("subscriptions"))},
              \(problems([400, 401, 403, 429, 500, 503]))}},
          "post": {"operationId": "addSubscription", "summary": "Tells the client of redder pictures from now on.",
            "requestBody": {"required": true, "content": \(json("newSubscription"))},
            "responses": {"201": {"description": "It is there.",
                "headers": {"Location": {"description": "Its path.", "schema": {"type": "string"}}},
                "content": \(json("subscription"))},
              \(problems([400, 401, 403, 413, 415, 422, 429, 500, 503]))}}},
        "/v1/subscriptions/{id}": {"parameters": [\(ref("parameters/as")), \(id("id"))],
          "get": {"operationId": "getSubscription", "summary": "A subscription.",
            "responses": {"200": {"description": "It.", "content": \(json("subscription"))},
              \(problems([400, 401, 403, 404, 429, 500, 503]))}},
          "patch": {"operationId": "changeSubscription", "summary": "Changes the members that are given.",
            "requestBody": {"required": true, "content": \(json("changedSubscription"))},
            "responses": {"200": {"description": "As it is now.", "content": \(json("subscription"))},
              \(problems([400, 401, 403, 404, 413, 415, 422, 429, 500, 503]))}},
          "delete": {"operationId": "removeSubscription", "summary": "Removes it, with its alerts.",
            "responses": {"204": {"description": "It is gone."}, \(problems([400, 401, 403, 404, 429, 500, 503]))}}},
        "/v1/alerts": {"parameters": [\(ref("parameters/as"))], "get": {
          "operationId": "streamAlerts", "summary": "Alerts as they are made: server-sent events, each with its sequence as id.",
          "parameters": [\(ref("parameters/client")),
            {"name": "Last-Event-ID", "in": "header", "description": "Those after this one; else from now on.",
              "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}},
            {"name": "after", "in": "query", "description": "The same, for who cannot set headers.",
              "schema": {"type": "integer", "minimum": 0, "maximum": \(AlertRequests.largest)}}],
          "responses": {"200": {"description": "A stream without an end.",
              "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            \(problems([400, 401, 403, 429, 500, 503]))}}},
        "/v1/alerts/{subscription}": {"parameters": [\(ref("parameters/as")), \(id("subscription"))], "get": {
          "operationId": "listAlerts", "summary": "The alerts of a subscription, the latest first.",
          "parameters": [{"name": "before", "in": "query", "description": "Where the page before ended: its next.",
            "schema": {"type": "integer", "minimum": 1, "maximum": \(AlertRequests.largest)}},
            \(ref("parameters/limit"))],
          "responses": {"200": {"description": "A page of them.", "content": \(json("alerts"))},
            \(problems([400, 401, 403, 404, 429, 500, 503]))}}},
        "/": {"get": {"operationId": "page", "summary": "A page to look at counts, alerts and subscriptions.", "security": [],
          "responses": {"200": {"description": "The page.",
            "content": {"text/html; charset=utf-8": {"schema": {"type": "string"}}}}, \(problems([]))}}},
        "/healthz": {"get": {"operationId": "health", "summary": "Whether the process runs.", "security": [],
          "responses": {"200": {"description": "It does.", "content": \(json("state"))}, \(problems([]))}}},
        "/readyz": {"get": {"operationId": "readiness", "summary": "Whether to send requests here.", "security": [],
          "responses": {"200": {"description": "Do.", "content": \(json("state"))}, \(problems([503]))}}},
        "/metrics": {"get": {"operationId": "metrics", "summary": "Counts, for Prometheus.", "security": [],
          "responses": {"200": {"description": "Text format 0.0.4.",
            "content": {"text/plain; version=0.0.4; charset=utf-8": {"schema": {"type": "string"}}}}, \(problems([]))}}},
        "/openapi.json": {"get": {"operationId": "description", "summary": "This document.", "security": [],
          "responses": {"200": {"description": "OpenAPI 3.1.",
            "content": {"application/json": {"schema": {"type": "object"}}}}, \(problems([]))}}}
        """

    private static let parameters = """
        {
          "as": {"name": "X-Client", "in": "header",
            "description": "Who asks; looked at where the server is started without keys. Without it everything is seen.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 256}},
          "client": {"name": "client", "in": "query", "description": "Whose; others' only with a key for all.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "\(plain)"}},
          "limit": {"name": "limit", "in": "query", "description": "The most of a page.",
            "schema": {"type": "integer", "minimum": 1, "maximum": \(SubscriptionRequests.mostListed), "default": 100}}
        }
        """

    private static let members = """
        "above": \(ref("schemas/red")),
        "channel": {"type": "string", "enum": ["stream", "webhook", "email", "broker"]},
        "configuration": \(ref("schemas/configuration")),
        "enabled": {"type": "boolean"},
        "name": {"type": ["string", "null"], "description": "At most 512 bytes of UTF-8.", "maxLength": 512}
        """

    /// Of requests; what they hold is refused if a NUL is in it.
    private static let newMembers = members.replacing(
        "\"maxLength\": 512", with: "\"maxLength\": 512, \"pattern\": \"\(plain)\"")

    private static let schemas = """
        {
          "red": {"type": "integer", "minimum": 0, "maximum": 1000000},
          "count": {"type": "integer", "minimum": 0},
          "state": {"type": "object", "required": ["status"], "additionalProperties": false,
            "properties": {"status": {"type": "string", "enum": ["ok", "ready"]}}},
          "problem": {"type": "object", "required": ["type", "title", "status", "detail"], "additionalProperties": false,
            "properties": {"type": {"type": "string"}, "title": {"type": "string"},
              "status": {"type": "integer", "minimum": 400, "maximum": 599}, "detail": {"type": "string"}}},
          "bucket": {"type": "object", "required": ["from", "images", "imagesAbove"], "additionalProperties": false,
            "properties": {"from": \(moment), "images": \(ref("schemas/count")), "imagesAbove": \(ref("schemas/count"))}},
          "stats": {"type": "object", "required": ["from", "to", "above", "images", "imagesAbove", "buckets"],
            "additionalProperties": false, "properties": {"from": \(moment), "to": \(moment),
              "above": \(ref("schemas/red")), "images": \(ref("schemas/count")), "imagesAbove": \(ref("schemas/count")),
              "buckets": {"type": "array", "items": \(ref("schemas/bucket"))}}},
          "configuration": {"type": "object", "additionalProperties": false,
            "description": "Of a webhook url and, where none is to be made, secret; of mail to; else nothing.",
            "properties": {
              "url": {"type": "string", "maxLength": 2048, "description": "https:, where this server allows it."},
              "secret": {"type": "string", "description": "whsec_ and 24 to 64 bytes in Base64; not shown."},
              "to": {"type": "string", "maxLength": 254, "description": "One address."}}},
          "caller": {"type": "object", "required": ["client", "scopes", "keys"], "additionalProperties": false,
            "properties": {"client": {"type": ["string", "null"]}, "keys": {"type": "boolean"},
              "scopes": {"type": "array", "items": {"type": "string", "enum": ["read", "write", "admin"]}}}},
          "newSubscription": {"type": "object", "required": ["above"], "additionalProperties": false,
            "properties": {"client": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "\(plain)",
              "description": "Whose it is; to be given by who sees everything."}, \(newMembers)}, \(configurationByChannel)},
          "changedSubscription": {"type": "object", "additionalProperties": false, "properties": {\(newMembers)}},
          "subscription": {"type": "object", "additionalProperties": false,
            "required": ["id", "client", "above", "channel", "configuration", "enabled", "name", "created"],
            "properties": {"id": \(name), "client": {"type": "string"}, \(members), "created": \(moment),
                "secret": {"type": "string", "description": "A webhook's secret that was just made; it is not shown again."}}},
          "subscriptions": {"type": "object", "required": ["subscriptions", "next"], "additionalProperties": false,
            "properties": {"subscriptions": {"type": "array", "items": \(ref("schemas/subscription"))},
              "next": {"type": ["string", "null"]}}},
          "alert": {"type": "object", "additionalProperties": false,
            "required": ["sequence", "subscription", "client", "above", "red", "image", "event", "time", "made", "state",
              "attempts", "traceparent"],
            "properties": {"sequence": {"type": "integer", "minimum": 1}, "subscription": \(name),
              "client": {"type": "string"}, "above": \(ref("schemas/red")), "red": \(ref("schemas/red")),
              "image": {"type": "string"}, "event": {"type": "string"}, "time": \(moment), "made": \(moment),
              "state": {"type": "string", "enum": ["kept", "pending", "delivered", "givenUp"]},
              "attempts": \(ref("schemas/count")), "traceparent": {"type": ["string", "null"]}}},
          "alerts": {"type": "object", "required": ["alerts", "next"], "additionalProperties": false,
            "properties": {"alerts": {"type": "array", "items": \(ref("schemas/alert"))},
              "next": {"type": ["integer", "null"]}}}
        }
        """

    /// Of a new subscription; what a change may have depends on the channel there is.
    private static let configurationByChannel = """
        "if": {"properties": {"channel": {"enum": ["webhook"]}}, "required": ["channel"]},
        "then": {"properties": {"configuration": {"required": ["url"], "not": {"required": ["to"]}}},
          "required": ["configuration"]},
        "else": {
          "if": {"properties": {"channel": {"enum": ["email"]}}, "required": ["channel"]},
          "then": {"properties": {"configuration": {"required": ["to"], "maxProperties": 1}},
            "required": ["configuration"]},
          "else": {"properties": {"configuration": {"maxProperties": 0}}}}
        """

    /// Texts without NUL.
    private static let plain = "^[^\\\\u0000]*$"
    private static let moment = "{\"type\": \"string\", \"format\": \"date-time\"}"
    private static let name = "{\"type\": \"string\", \"pattern\": \"^[0-9a-f]{32}$\"}"

    private static func id(_ parameter: String) -> String {
        "{\"name\": \"\(parameter)\", \"in\": \"path\", \"required\": true, \"schema\": \(name)}"
    }

    private static func ref(_ name: String) -> String { "{\"$ref\": \"#/components/\(name)\"}" }

    private static func json(_ schema: String) -> String {
        "{\"application/json\": {\"schema\": \(ref("schemas/\(schema)"))}}"
    }

    /// Problems with these statuses; and that of every route, which a connection has before its request has a route.
    private static func problems(_ statuses: [Int]) -> String {
        (statuses + [421]).map { "\"\($0)\": \(ref("responses/problem"))" }.joined(separator: ", ")
    }
}
