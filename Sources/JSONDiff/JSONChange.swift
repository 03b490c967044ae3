/// A part of a JSON text.
public struct JSONValue: Sendable, CustomStringConvertible {
    let text: JSONText
    let range: Range<Int>

    /// Calls a function with its bytes, as they stand in the text.
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(text) {} }
        return try body(text.bytes(range))
    }

    /// As it stands in the text.
    public var description: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

/// One change.
public struct JSONChange: Sendable {
    /// What is done.
    public enum Kind: Sendable {
        /// ``JSONChange/new`` comes to be at ``JSONChange/path``.
        case add
        /// ``JSONChange/old`` goes from ``JSONChange/path``.
        case remove
        /// ``JSONChange/new`` takes the place of ``JSONChange/old`` at ``JSONChange/path``.
        case replace
        /// ``JSONChange/old`` goes from ``JSONChange/from`` to ``JSONChange/path``.
        case move
    }

    /// What is done.
    public let kind: Kind
    /// Where, once the changes before have been made.
    public let path: JSONPointer
    /// From where, once the changes before have been made; of a move.
    public let from: JSONPointer?
    /// Where the value is in the old document; nil: it is not.
    public let oldPath: JSONPointer?
    /// Where the value is in the new document; nil: it is not.
    public let newPath: JSONPointer?
    /// The value in the old document; nil: there is none.
    public let old: JSONValue?
    /// The value in the new document; nil: there is none.
    public let new: JSONValue?
}

/// The changes of a difference.
struct JSONChanges: RandomAccessCollection, Sendable {
    let difference: JSONDifference

    var startIndex: Int { 0 }
    var endIndex: Int { difference.edits.count }

    subscript(index: Int) -> JSONChange {
        let edit = difference.edits[index]
        let kind: JSONChange.Kind =
            switch edit.kind {
            case .add: .add
            case .remove: .remove
            case .replace: .replace
            case .move: .move
            }
        func pointer(_ node: Int32, _ side: PathTree.Side) -> JSONPointer {
            JSONPointer(
                tokens: difference.tokens(of: node, side).map { String(decoding: $0, as: UTF8.self) })
        }
        return JSONChange(
            kind: kind, path: pointer(edit.path, .applied), from: edit.from < 0 ? nil : pointer(edit.from, .applied),
            oldPath: edit.kind == .add ? nil : pointer(edit.from < 0 ? edit.path : edit.from, .old),
            newPath: edit.kind == .remove ? nil : pointer(edit.path, .new), old: difference.old.value(edit.old),
            new: difference.new.value(edit.new))
    }
}

extension PathTree {
    /// In which array an element's index is meant.
    enum Side {
        /// In the one that the changes before have made.
        case applied
        case old
        case new
    }
}

extension JSONDifference {
    /// The names and indices that lead to a node; UTF-8, with surrogates without another half as three bytes.
    func tokens(of node: Int32, _ side: PathTree.Side) -> [[UInt8]] {
        paths.steps(to: node).map { token(of: $0, side) }
    }

    func token(of step: PathTree.Step, _ side: PathTree.Side) -> [UInt8] {
        switch step {
        case .root: []
        case .oldKey(let start): old.string(at: start)
        case .newKey(let start): new.string(at: start)
        case .index(let applied, let old, let new):
            switch side {
            case .applied: Array(String(applied).utf8)
            case .old: Array(String(old == PathTree.absent ? applied : old).utf8)
            case .new: Array(String(new == PathTree.absent ? applied : new).utf8)
            }
        }
    }
}

extension JSONDocument {
    /// A part of the text. nil: it is empty.
    func value(_ range: Range<UInt32>) -> JSONValue? {
        range.isEmpty ? nil : JSONValue(text: text, range: Int(range.lowerBound)..<Int(range.upperBound))
    }

    /// The characters of the string whose quote is at an offset.
    func string(at start: UInt32) -> [UInt8] {
        let scanner = TextScanner(base: text.start, count: text.count)
        return StringContent.characters(text.bytes(Int(start)..<scanner.stringEnd(Int(start))))
    }
}
