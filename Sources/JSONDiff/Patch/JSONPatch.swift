import Hoofprint

/// A JSON Patch (RFC 6902): operations that are done one after the other, all or none.
public struct JSONPatch: Sendable {
    /// What an operation does.
    enum Action: String {
        case add, remove, replace, move, copy, test
    }

    struct Operation: Sendable {
        let action: Action
        /// The names and indices of its path.
        let path: [[UInt8]]
        /// Of a move or copy.
        let from: [[UInt8]]
        /// Its value; nil: it needs none.
        let value: JSONValue?
    }

    let operations: [Operation]
    /// The document that it was read from.
    private let document: JSONDocument?

    /// How many operations there are.
    public var count: Int { operations.count }

    /// The changes of a difference; with `tests` each is preceded by a test that the old value is there.
    public init(_ difference: JSONDifference, tests: Bool = false) {
        document = nil
        var operations: [Operation] = []
        for edit in difference.edits {
            let path = difference.tokens(of: edit.path, .applied)
            let from = edit.from < 0 ? [] : difference.tokens(of: edit.from, .applied)
            if tests, edit.kind != .add {
                operations.append(
                    Operation(
                        action: .test, path: edit.kind == .move ? from : path, from: [],
                        value: difference.old.value(edit.old)))
            }
            switch edit.kind {
            case .add:
                operations.append(
                    Operation(action: .add, path: path, from: [], value: difference.new.value(edit.new)))
            case .remove: operations.append(Operation(action: .remove, path: path, from: [], value: nil))
            case .replace:
                operations.append(
                    Operation(action: .replace, path: path, from: [], value: difference.new.value(edit.new)))
            case .move: operations.append(Operation(action: .move, path: path, from: from, value: nil))
            }
        }
        self.operations = operations
    }

    /// Reads a patch document.
    ///
    /// - Throws: ``JSONPatchError``.
    public init(_ document: JSONDocument) throws(JSONPatchError) {
        self.document = document
        var text = ComparedText(document)
        guard text.isArray(text.root) else { throw JSONPatchError(nil, "a patch is an array of operations") }
        var operations: [Operation] = []
        for element in text.elements(of: text.root, path: 0) {
            operations.append(try Self.operation(element.value, operations.count, &text))
        }
        self.operations = operations
    }

    private static func operation(
        _ value: ComparedText.Value, _ index: Int, _ text: inout ComparedText
    ) throws(JSONPatchError) -> Operation {
        guard text.isObject(value) else { throw JSONPatchError(index, "an operation is an object") }
        var members: [String: ComparedText.Value] = [:]
        for member in text.members(of: value, path: 0) {
            members[String(decoding: text.document.string(at: member.keyStart), as: UTF8.self)] = member.value
        }
        func string(_ name: String, _ text: borrowing ComparedText) throws(JSONPatchError) -> [UInt8] {
            guard let value = members[name] else { throw JSONPatchError(index, "'\(name)' is missing") }
            guard text.kind(value) == UInt8(ascii: "\"") else {
                throw JSONPatchError(index, "'\(name)' has to be a string")
            }
            return text.document.string(at: value.start)
        }
        func pointer(_ name: String, _ text: borrowing ComparedText) throws(JSONPatchError) -> [[UInt8]] {
            let string = try string(name, text)
            guard let tokens = tokens(string) else {
                throw JSONPatchError(
                    index, "'\(name)' is '\(String(decoding: string, as: UTF8.self))', which is no JSON Pointer")
            }
            return tokens
        }
        let name = String(decoding: try string("op", text), as: UTF8.self)
        guard let action = Action(rawValue: name) else {
            throw JSONPatchError(index, "'op' is '\(name)'; it is add, remove, replace, move, copy or test")
        }
        let path = try pointer("path", text)
        let from = action == .move || action == .copy ? try pointer("from", text) : []
        var operand: JSONValue?
        if action == .add || action == .replace || action == .test {
            guard let value = members["value"] else { throw JSONPatchError(index, "'value' is missing") }
            operand = JSONValue(text: text.document.text, range: Int(value.start)..<Int(value.end))
        }
        return Operation(action: action, path: path, from: from, value: operand)
    }

    /// The tokens of a pointer. nil: it is none.
    static func tokens(_ pointer: [UInt8]) -> [[UInt8]]? {
        guard let first = pointer.first else { return [] }
        guard first == UInt8(ascii: "/") else { return nil }
        var tokens: [[UInt8]] = []
        var left = pointer[...]
        while let byte = left.popFirst() {
            switch byte {
            case UInt8(ascii: "/"): tokens.append([])
            case UInt8(ascii: "~"):
                switch left.popFirst() {
                case UInt8(ascii: "0"): tokens[tokens.count - 1].append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): tokens[tokens.count - 1].append(UInt8(ascii: "/"))
                default: return nil
                }
            default: tokens[tokens.count - 1].append(byte)
            }
        }
        return tokens
    }

    /// The patch document, an operation a line.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.append("[")
        for (index, operation) in operations.enumerated() {
            writer.append(index == 0 ? "\n" : ",\n")
            writer.append("{\"op\":\"")
            writer.append(raw: operation.action.rawValue.utf8)
            writer.append("\",")
            if operation.action == .move || operation.action == .copy {
                writer.append("\"from\":")
                writer.append(pointer: operation.from)
                writer.append(",")
            }
            writer.append("\"path\":")
            writer.append(pointer: operation.path)
            if let value = operation.value {
                writer.append(",\"value\":")
                value.withBytes { writer.append(value: $0) }
            }
            writer.append("}")
        }
        writer.append(operations.isEmpty ? "]\n" : "\n]\n")
        return writer.bytes
    }

    /// The document with the operations done. Cost: linear in the document, and in the containers that operations go through.
    ///
    /// - Throws: ``JSONPatchError``: an operation cannot be done, or a test fails.
    public func applied(to document: JSONDocument) throws(JSONPatchError) -> [UInt8] {
        var tree = PatchedTree(document)
        for (index, operation) in operations.enumerated() { try tree.apply(operation, index) }
        return tree.bytes
    }
}

/// A patch is none, or cannot be applied.
public struct JSONPatchError: Error, Sendable, CustomStringConvertible {
    /// Of the operation, from 0; nil: the patch as a whole.
    public let operation: Int?
    /// What is wrong.
    public let problem: String
    /// Whether the patch is all right and one of its tests fails.
    public let isFailedTest: Bool

    init(_ operation: Int?, _ problem: String, isFailedTest: Bool = false) {
        self.operation = operation
        self.problem = problem
        self.isFailedTest = isFailedTest
    }

    /// `operation 3: …`, counted from 0.
    public var description: String { (operation.map { "operation \($0): " } ?? "") + problem }
}
