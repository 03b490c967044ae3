import Foundation

/// The members of a configuration, a JSON object of strings.
struct ConfigurationMembers {
    /// A value of any kind, of which only strings are of use.
    private struct Value: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            do {
                text = try decoder.singleValueContainer().decode(String.self)
            } catch is DecodingError {
                text = nil
            }
        }
    }

    private var texts: [String: String] = [:]

    init() {}

    /// Reads an object.
    ///
    /// - Parameter known: The members it may have.
    init(_ json: String, known: [String]) throws(ConfigurationMistake) {
        guard json.utf8.count <= 8_192 else {
            throw ConfigurationMistake(nil, "it has \(json.utf8.count) bytes, more than 8192")
        }
        let values: [String: Value]
        do {
            values = try JSONDecoder().decode([String: Value].self, from: Data(json.utf8))
        } catch {
            throw ConfigurationMistake(nil, "it is not a JSON object")
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard known.contains(name) else {
                let names = known.map { "'\($0)'" }.joined(separator: " and ")
                throw ConfigurationMistake(
                    PrintableText.make(name), "there is no such member; \(known.isEmpty ? "there are none" : names)")
            }
            guard let text = value.text else { throw ConfigurationMistake(name, "it is not a string") }
            texts[name] = text
        }
    }

    subscript(name: String) -> String? {
        get { texts[name] }
        set { texts[name] = newValue }
    }

    func required(_ name: String) throws(ConfigurationMistake) -> String {
        guard let text = texts[name] else { throw ConfigurationMistake(name, "it is missing") }
        return text
    }

    /// The object as JSON, its members in the order of their names.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(texts), as: UTF8.self)
        } catch {
            // Texts always can be written.
            preconditionFailure("a configuration cannot be written as JSON: \(error)")
        }
    }
}
