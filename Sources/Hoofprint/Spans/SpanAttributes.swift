/// Facts about one call of a span, by key: `["bytes": count, "format": "jpeg"]`.
///
/// Values never reach the log unless the configuration names their key, see
/// ``HoofprintSystem/Configuration/attributes``, and then without secrets, see ``Redaction``.
public struct SpanAttributes: ExpressibleByDictionaryLiteral, Sendable {
    /// Longer values are cut to this many bytes.
    public static let maximumValueBytes = 128

    let elements: [(key: StaticString, value: any SpanAttributeConvertible)]

    /// Makes attributes of a dictionary literal.
    public init(dictionaryLiteral elements: (StaticString, any SpanAttributeConvertible)...) {
        self.elements = elements.map { (key: $0.0, value: $0.1) }
    }
}

/// What can be an attribute's value: numbers, truth values and text.
public protocol SpanAttributeConvertible: Sendable {
    /// The value as text.
    var attributeText: String { get }
}

extension SpanAttributeConvertible where Self: LosslessStringConvertible {
    /// The value as text.
    public var attributeText: String { description }
}

extension Int: SpanAttributeConvertible {}
extension Int32: SpanAttributeConvertible {}
extension Int64: SpanAttributeConvertible {}
extension UInt: SpanAttributeConvertible {}
extension UInt32: SpanAttributeConvertible {}
extension UInt64: SpanAttributeConvertible {}
extension Double: SpanAttributeConvertible {}
extension Bool: SpanAttributeConvertible {}
extension String: SpanAttributeConvertible {}

/// Which attributes' values are written, without the secrets that ``Redaction`` finds in them.
public enum AttributePolicy: Sendable, Equatable {
    /// None: the default, since values may hold what a log must not.
    case none
    /// Those with one of these keys.
    case only(Set<String>)
    /// All.
    case all

    /// Whether something may be written of the value of `key`.
    func allows(_ key: String) -> Bool {
        switch self {
        case .none: false
        case .only(let keys): keys.contains(key)
        case .all: true
        }
    }
}
