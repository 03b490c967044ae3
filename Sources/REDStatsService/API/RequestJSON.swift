import Foundation
import HTTPService
import Hummingbird
import NIOCore

/// The members of a request's body, a JSON object.
struct RequestJSON {
    /// The most bytes of a body.
    static let maximumBytes = 64 << 10

    private let members: [String: Any]

    /// Reads a body.
    ///
    /// - Parameter names: The members that there may be.
    /// - Throws: 413, 415, and 400 for what is no such object.
    init(_ request: Request, _ context: RequestFacts, names: Set<String>) async throws {
        let type = request.headers[.contentType]?.lowercased() ?? "application/json"
        guard type.hasPrefix("application/json") || type.hasPrefix("application/merge-patch+json") else {
            throw Problem(
                status: .unsupportedMediaType, detail: "The body is to be application/json.", endsConnection: true)
        }
        guard (request.announcedBytes ?? 0) <= Self.maximumBytes else { throw Self.tooLong }
        context.askForBody()
        var body = ByteBuffer()
        for try await chunk in request.body {
            guard body.readableBytes + chunk.readableBytes <= Self.maximumBytes else { throw Self.tooLong }
            body.writeImmutableBuffer(chunk)
        }
        try self.init(Data(body.readableBytesView), names: names)
    }

    /// Reads a text.
    init(_ text: Data, names: Set<String>) throws(Problem) {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: text)
        } catch {
            throw Problem(status: .badRequest, detail: "The body is no JSON.")
        }
        guard let members = value as? [String: Any] else {
            throw Problem(status: .badRequest, detail: "The body is no JSON object.")
        }
        for name in members.keys.sorted() where !names.contains(name) {
            throw Self.wrong(name, "there is no such member; there are \(names.sorted().joined(separator: ", "))")
        }
        self.members = members
    }

    /// What is wrong with a member.
    static func wrong(_ name: String, _ detail: String) -> Problem {
        Problem(status: .unprocessableContent, detail: "'\(name)': \(detail).")
    }

    private static let tooLong = Problem(
        status: .contentTooLarge, detail: "The body is longer than \(maximumBytes) bytes.", endsConnection: true)

    func has(_ name: String) -> Bool { members[name] != nil }

    /// Whether a member is there and null.
    func isNull(_ name: String) -> Bool { members[name] is NSNull }

    /// A whole number; nil if it is missing.
    func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let value = members[name] else { return nil }
        guard let number = value as? NSNumber, !Self.isFlag(number), let whole = Int(exactly: number.doubleValue),
            range.contains(whole)
        else { throw Self.wrong(name, "it is no whole number of \(range.lowerBound) to \(range.upperBound)") }
        return whole
    }

    /// A text; nil if it is missing.
    func text(_ name: String) throws(Problem) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value as? String else { throw Self.wrong(name, "it is no text") }
        return text
    }

    /// True or false; nil if it is missing.
    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let value = members[name] else { return nil }
        guard let number = value as? NSNumber, Self.isFlag(number) else {
            throw Self.wrong(name, "it is not true or false")
        }
        return number.boolValue
    }

    /// An object, as JSON text with its members sorted; nil if it is missing.
    func object(_ name: String) throws(Problem) -> String? {
        guard let value = members[name] else { return nil }
        guard let object = value as? [String: Any],
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { throw Self.wrong(name, "it is no object") }
        return String(decoding: data, as: UTF8.self)
    }

    private static func isFlag(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
