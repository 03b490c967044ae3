import Foundation

/// An OpenAPI document that answers are held against: as much of JSON Schema as ours uses, and no keyword besides.
package struct Contract {
    private typealias Object = [String: Any]

    // Sound to leave unchecked: JSON values are not changed after they are read.
    private let document: Object

    package struct Unreadable: Error {}

    package init(_ bytes: [UInt8]) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? Object else { throw Unreadable() }
        document = object
    }

    /// Methods and paths, sorted.
    package var operations: [String] {
        let paths = document["paths"] as? [String: Object] ?? [:]
        return paths.flatMap { path, item in
            item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
        }.sorted()
    }

    /// What of an answer is not as the document says.
    package func faults(of answer: Answer, to method: String, _ path: String) -> [String] {
        let paths = document["paths"] as? [String: Object] ?? [:]
        guard let operation = paths[path]?[method.lowercased()] as? Object,
            let responses = operation["responses"] as? [String: Object]
        else { return ["no such operation"] }
        guard let response = responses["\(answer.status)"].map(resolved) else { return ["no such status"] }
        let headers = (response["headers"] as? Object ?? [:]).keys.filter { $0 != "Link" }
        var faults = headers.filter { answer.fields[$0.lowercased()] == nil }.map { "no field \($0)" }
        guard let content = response["content"] as? [String: Object] else {
            return faults + (answer.body.isEmpty ? [] : ["a body"])
        }
        guard let type = answer.fields["content-type"], let media = content[type] else {
            return faults + ["another type: \(answer.fields["content-type"] ?? "none")"]
        }
        guard type.hasSuffix("json"), let schema = media["schema"] as? Object else { return faults }
        guard let value = try? JSONSerialization.jsonObject(with: Data(answer.body)) else {
            return faults + ["no JSON"]
        }
        faults += mismatches(value, schema, "")
        return faults
    }

    private func resolved(_ object: Object) -> Object {
        guard let reference = object["$ref"] as? String else { return object }
        let found = reference.split(separator: "/").dropFirst().reduce(document as Any?) { value, key in
            (value as? Object)?[String(key)]
        }
        return found as? Object ?? ["unresolved": reference]
    }

    private func mismatches(_ value: Any, _ schema: Object, _ place: String) -> [String] {
        let schema = resolved(schema)
        var faults: [String] = []
        for (keyword, wanted) in schema {
            let isMet: Bool
            switch keyword {
            case "type": isMet = (wanted as? [String] ?? [wanted as? String ?? ""]).contains(Self.type(of: value))
            case "enum": isMet = (wanted as? [String] ?? []).contains(value as? String ?? "")
            case "minimum": isMet = (value as? Int ?? .min) >= (wanted as? Int ?? .max)
            case "maximum": isMet = (value as? Int ?? .max) <= (wanted as? Int ?? .min)
            case "pattern":
                isMet = (value as? String)?.range(of: wanted as? String ?? "", options: .regularExpression) != nil
            case "required":
                let members = value as? Object ?? [:]
                isMet = (wanted as? [String] ?? []).allSatisfy { members[$0] != nil }
            case "properties", "additionalProperties":
                isMet = true
                if keyword == "properties" || schema["properties"] == nil {
                    faults += memberMismatches(value, schema, place)
                }
            case "items":
                isMet = true
                for (index, item) in (value as? [Any] ?? []).enumerated() {
                    faults += mismatches(item, wanted as? Object ?? [:], "\(place)/\(index)")
                }
            case "oneOf":
                let choices = wanted as? [Object] ?? []
                isMet = choices.count { mismatches(value, $0, place).isEmpty } == 1
            case "description": isMet = true
            case "maxLength": isMet = (value as? String ?? "").count <= wanted as? Int ?? -1
            case "minLength": isMet = (value as? String ?? "").count >= wanted as? Int ?? .max
            case "format": isMet = wanted as? String == "date-time"
            default: isMet = false
            }
            if !isMet { faults.append("\(place): \(keyword)") }
        }
        return faults
    }

    private func memberMismatches(_ value: Any, _ schema: Object, _ place: String) -> [String] {
        let properties = schema["properties"] as? [String: Object] ?? [:]
        return (value as? Object ?? [:]).flatMap { name, member -> [String] in
            if let known = properties[name] { return mismatches(member, known, "\(place)/\(name)") }
            if let further = schema["additionalProperties"] as? Object {
                return mismatches(member, further, "\(place)/\(name)")
            }
            return schema["additionalProperties"] as? Bool == false ? ["\(place): no member '\(name)'"] : []
        }
    }

    private static func type(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is Object: "object"
        // A JSON truth value is also a number to Foundation.
        case let number as NSNumber where isBoolean(number): "boolean"
        case let number as NSNumber where number.doubleValue == number.doubleValue.rounded(): "integer"
        default: "number"
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
