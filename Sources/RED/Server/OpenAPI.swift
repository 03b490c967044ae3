import Redness

/// What the server takes and answers, as OpenAPI 3.1 says it. A test holds every route and answer against it.
enum OpenAPI {
    /// The document of `/openapi.json`.
    static let document = """
        {
        "openapi": "3.1.0",
        "info": {"title": "red", "version": "1.0.0", "summary": "Measures how red pictures are, and keeps them.",
          "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "paths": {
          "/images": {
            "parameters": [\(ref("parameters/client"))],
            "post": {
              "operationId": "keepImage", "summary": "Measures a picture and keeps it.",
              "parameters": [\(ref("parameters/quick")), \(ref("parameters/digest")), \(ref("parameters/idempotencyKey"))],
              "requestBody": \(ref("requestBodies/picture")),
              "responses": {
                "200": {"description": "The client has sent this picture before.",
                  "headers": {"Location": \(ref("headers/location"))}, "content": \(json("image"))},
                "201": {"description": "The picture is kept.",
                  "headers": {"Location": \(ref("headers/location"))}, "content": \(json("image"))},
                \(problems([400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503, 507]))
              }
            },
            "get": {
              "operationId": "listImages", "summary": "Lists the records of pictures, the latest first.",
              "parameters": [
                {"name": "client", "in": "query", "description": "Whose; others' only with a key that reads all.",
                  "schema": {"type": "string"}},
                {"name": "from", "in": "query", "description": "Received at this moment or later: RFC 3339, or a date.",
                  "schema": \(moment)},
                {"name": "to", "in": "query", "description": "Received before this moment.",
                  "schema": \(moment)},
                {"name": "min_red", "in": "query", "description": "At least so red, in parts per million.",
                  "schema": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 0}},
                {"name": "limit", "in": "query", "description": "The most records of a page.",
                  "schema": {"type": "integer", "minimum": 1, "maximum": \(RecordQuery.maximumLimit),
                    "default": \(RecordQuery.defaultLimit)}},
                {"name": "cursor", "in": "query", "description": "Where the page before ended, from its Link.",
                  "schema": {"type": "string"}}
              ],
              "responses": {
                "200": {"description": "A page of records.",
                  "headers": {"Link": {"description": "rel=next: the page after; missing on the last.",
                    "schema": {"type": "string"}}},
                  "content": \(json("list"))},
                \(problems([400, 401, 403, 429, 503]))
              }
            }
          },
          "/images/{id}": {
            "parameters": [\(ref("parameters/client")), {"name": "id", "in": "path", "required": true,
              "description": "The SHA-256 of the picture's bytes.", "schema": \(ref("schemas/id"))}],
            "get": {
              "operationId": "getImage", "summary": "The picture as it was received.",
              "parameters": [\(header("Range", "One range of bytes.")), \(header("If-Range", "A tag or date.")),
                \(header("If-None-Match", "Tags.")), \(header("If-Modified-Since", "A date."))],
              "responses": {
                "200": {"description": "All of it.", "headers": \(validators), "content": \(pictures)},
                "206": {"description": "The range asked for.", "headers": \(validators), "content": \(pictures)},
                "304": {"description": "The client has it.", "headers": \(validators)},
                \(problems([400, 401, 404, 416, 429, 503]))
              }
            },
            "delete": {
              "operationId": "deleteImage",
              "summary": "Removes the client's record, and the bytes with the last record of them.",
              "responses": {"204": {"description": "It is removed."}, \(problems([400, 401, 403, 404, 429, 503, 507]))}
            }
          },
          "/red": {
            "parameters": [\(ref("parameters/client"))],
            "post": {
              "operationId": "measure", "summary": "Measures a picture; keeps nothing.",
              "parameters": [\(ref("parameters/quick")), \(ref("parameters/digest"))],
              "requestBody": \(ref("requestBodies/picture")),
              "responses": {
                "200": {"description": "How red it is.", "content": \(json("measurement"))},
                \(problems([400, 401, 403, 408, 413, 415, 422, 429, 500, 503, 507]))
              }
            }
          },
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
        },
        "components": {
          "securitySchemes": {"key": {"type": "http", "scheme": "bearer",
            "description": "Asked for where the server is started with keys."}},
          "parameters": {
            "quick": {"name": "quick", "in": "query",
              "description": "1: a JPEG is decoded at half its scale, and the measurement is approximate.",
              "schema": {"type": "string", "enum": ["0", "1"], "default": "0"}},
            "client": {"name": "X-Client", "in": "header",
              "description": "Who sends the request; looked at where the server is started without keys.",
              "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$", "default": "anonymous"}},
            "digest": \(header("Content-Digest", "RFC 9530; sha-256 and sha-512 are checked.", "^[a-z0-9-]+=:[A-Za-z0-9+/]+=*:$")),
            "idempotencyKey": \(header(
              "Idempotency-Key", "1 to 255 visible ASCII characters; kept for a day.", "^[!#-[^-~]{1,255}$"))
          },
          "headers": {"location": {"description": "The picture's path.", "schema": {"type": "string"}}},
          "requestBodies": {"picture": {"required": true, "description": "A picture, or a form with one as a file.",
            "content": {
              \(pictures.dropFirst().dropLast()),
              "*/*": {"schema": {"type": "string", "format": "binary"}},
              "multipart/form-data": {"schema": {"type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}}}}}}},
          "responses": {"problem": {"description": "Why not.",
            "content": {"application/problem+json": {"schema": \(ref("schemas/problem"))}}}},
          "schemas": \(schemas)
        }
        }
        """

    private static let schemas = """
        {
          "id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
          "state": {"type": "object", "required": ["status"], "additionalProperties": false,
            "properties": {"status": {"type": "string", "enum": ["ok", "ready"]}}},
          "problem": {"type": "object", "required": ["type", "title", "status", "detail"],
            "additionalProperties": false,
            "properties": {"type": {"type": "string"}, "title": {"type": "string"},
              "status": {"type": "integer", "minimum": 400, "maximum": 599}, "detail": {"type": "string"}}},
          "measurement": {"type": "object", "required": [\(measurementNames)], "additionalProperties": false,
            "properties": {\(measurementProperties)}},
          "image": {"type": "object", "required": ["id", \(measurementNames)], "additionalProperties": false,
            "properties": {"id": \(ref("schemas/id")), \(measurementProperties)}},
          "record": {"type": "object", "required": ["id", "client", "received", "bytes", \(measurementNames)],
            "additionalProperties": false,
            "properties": {"id": \(ref("schemas/id")), "client": {"type": "string"},
              "received": {"type": "string", "format": "date-time"}, "bytes": {"type": "integer", "minimum": 1},
              \(measurementProperties)}},
          "list": {"type": "object", "required": ["images"], "additionalProperties": false,
            "properties": {"images": {"type": "array", "items": \(ref("schemas/record"))}}}
        }
        """

    private static let measurementNames = """
        "red", "redPixels", "pixels", "width", "height", "format", "meanRed", "meanGreen", "meanBlue", "hueSectors", \
        "redBox", "orientation", "isApproximate"
        """

    private static let measurementProperties = """
        "red": \(number(0, 1_000_000, "Red pixels in parts per million of those that count.")),
        "redPixels": \(number(0, nil, "Red pixels.")),
        "pixels": \(number(0, nil, "Pixels that count: those of at least half opacity.")),
        "width": \(number(1, nil, "In pixels.")), "height": \(number(1, nil, "In pixels.")),
        "format": {"type": "string", "enum": [\(formats)]},
        "meanRed": \(number(0, 25_500, "Mean red component, in hundredths.")),
        "meanGreen": \(number(0, 25_500, "Mean green component, in hundredths.")),
        "meanBlue": \(number(0, 25_500, "Mean blue component, in hundredths.")),
        "hueSectors": {"type": "object", "description": "Shares of the hues, in parts per million.",
          "additionalProperties": \(number(0, 1_000_000, "A share."))},
        "redBox": {"description": "Where the dominant patch of red is; null where there is none.",
          "oneOf": [{"type": "null"}, {"type": "object", "required": ["x", "y", "width", "height"],
            "additionalProperties": false,
            "properties": {"x": \(number(0, nil, "")), "y": \(number(0, nil, "")),
              "width": \(number(1, nil, "")), "height": \(number(1, nil, ""))}}]},
        "orientation": \(number(1, 8, "How the picture is turned to be displayed, as EXIF numbers it.")),
        "isApproximate": {"type": "boolean", "description": "Whether it was decoded at a smaller scale."}
        """

    private static let formats = PictureFormat.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

    private static let pictures: String = {
        let types = PictureFormat.allCases.map {
            "\"\($0.mediaType)\": {\"schema\": {\"type\": \"string\", \"format\": \"binary\"}}"
        }
        return "{\(types.joined(separator: ", "))}"
    }()

    private static let validators = """
        {"ETag": {"description": "The id in quotes.", "schema": {"type": "string"}},
          "Last-Modified": {"description": "When it was received.", "schema": {"type": "string"}}}
        """

    private static func ref(_ name: String) -> String { "{\"$ref\": \"#/components/\(name)\"}" }

    private static func json(_ schema: String) -> String {
        "{\"application/json\": {\"schema\": \(ref("schemas/\(schema)"))}}"
    }

    private static let moment = """
        {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
        """

    private static func header(_ name: String, _ description: String, _ pattern: String? = nil) -> String {
        "{\"name\": \"\(name)\", \"in\": \"header\", \"description\": \"\(description)\", "
            + "\"schema\": {\"type\": \"string\"\(pattern.map { ", \"pattern\": \"\($0)\"" } ?? "")}}"
    }

    /// Problems with these statuses; and those of every route, which a connection has before its request has a route.
    private static func problems(_ statuses: [Int]) -> String {
        Set(statuses + [421, 503]).sorted().map { "\"\($0)\": \(ref("responses/problem"))" }.joined(separator: ", ")
    }

    private static func number(_ minimum: Int, _ maximum: Int?, _ description: String) -> String {
        "{\"type\": \"integer\", \"minimum\": \(minimum)\(maximum.map { ", \"maximum\": \($0)" } ?? ""), "
            + "\"description\": \"\(description)\"}"
    }
}
