import Tracing

extension SpanAttribute {
    /// The value as one text; values of a list are joined by commas. Nil: it is of a kind that is not known here.
    var text: String? {
        switch self {
        case .int32(let value): String(value)
        case .int64(let value): String(value)
        case .double(let value): String(value)
        case .bool(let value): String(value)
        case .string(let value): value
        case .stringConvertible(let value): value.description
        case .int32Array(let values): Self.joined(values)
        case .int64Array(let values): Self.joined(values)
        case .doubleArray(let values): Self.joined(values)
        case .boolArray(let values): Self.joined(values)
        case .stringArray(let values): values.joined(separator: ",")
        case .stringConvertibleArray(let values): values.map(\.description).joined(separator: ",")
        default: nil
        }
    }

    private static func joined(_ values: [some CustomStringConvertible]) -> String {
        values.map(\.description).joined(separator: ",")
    }
}

extension SpanKind {
    /// The kind's name in attributes.
    var text: String {
        switch self {
        case .server: "server"
        case .client: "client"
        case .producer: "producer"
        case .consumer: "consumer"
        case .internal: "internal"
        }
    }
}
