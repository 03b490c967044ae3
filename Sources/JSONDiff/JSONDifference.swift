import Dispatch
import Hoofprint

/// What makes one JSON value out of another: changes, in an order in which they can be made one after the other.
public struct JSONDifference: Sendable {
    /// The value that the changes begin with.
    public let old: JSONDocument
    /// The value that they lead to.
    public let new: JSONDocument
    let paths: PathTree
    let edits: [Edit]
    /// Whether there may be more changes than were asked for.
    public let isCutOff: Bool

    /// Whether the values are equal.
    public var isEmpty: Bool { edits.isEmpty }

    /// The changes, in their order.
    public var changes: some RandomAccessCollection<JSONChange> & Sendable { JSONChanges(difference: self) }

    /// What leads back.
    ///
    /// Cost: linear in the changes; where the order of elements is of no meaning, as ``between(_:_:maximum:)``, since they stand
    /// elsewhere in the new document than where the changes bring them.
    public var reversed: JSONDifference {
        if old.rules.hasUnorderedArrays, let found = differenceFound(from: new, to: old) { return found }
        return JSONDifference(
            old: new, new: old, paths: paths.reversed, edits: edits.reversed().map(\.reversed), isCutOff: isCutOff)
    }

    /// A difference of other documents, with as many changes. nil: they were read with different options.
    private func differenceFound(from first: JSONDocument, to last: JSONDocument) -> JSONDifference? {
        try? .between(first, last, maximum: isCutOff ? edits.count : .max)
    }

    /// Compares two documents that were read with the same options.
    ///
    /// Time is linear in the containers that differ and, for arrays, O(n log n) or, with many equal elements in them, at worst
    /// O(n · 1024) in their elements; memory some 40 bytes for each element of an array that differs and 80 for each change.
    ///
    /// - Parameters:
    ///   - old: What the changes begin with.
    ///   - new: What they lead to.
    ///   - maximum: How many changes are looked for.
    /// - Throws: ``JSONComparisonError``.
    public static func between(
        _ old: JSONDocument, _ new: JSONDocument, maximum: Int = .max
    ) throws(JSONComparisonError) -> JSONDifference {
        guard old.options == new.options else { throw JSONComparisonError.otherOptions }
        return span("json.match") {
            var builder = DifferenceBuilder(old, new, maximum: maximum)
            builder.run()
            return JSONDifference(
                old: old, new: new, paths: builder.paths, edits: builder.edits,
                isCutOff: builder.isCutOff)
        }
    }

    /// The changes from the first's old value to the second's new one.
    ///
    /// They are found anew, so that what one does and the other undoes is not among them. Cost: as ``between(_:_:maximum:)``.
    ///
    /// - Throws: ``JSONComparisonError`` where the second does not begin with what the first leads to.
    public static func composed(
        _ first: JSONDifference, _ second: JSONDifference
    ) throws(JSONComparisonError) -> JSONDifference {
        guard first.new.options == second.old.options else { throw JSONComparisonError.otherOptions }
        guard first.new.hash == second.old.hash else { throw JSONComparisonError.doesNotFollow }
        return try between(first.old, second.new)
    }
}

/// Documents or differences do not go together.
public enum JSONComparisonError: Error, Sendable, CustomStringConvertible {
    /// The documents were read with different options.
    case otherOptions
    /// A difference begins with another value than the one before it leads to.
    case doesNotFollow

    /// What is wrong, and what helps.
    public var description: String {
        switch self {
        case .otherOptions: "the documents were read with different options; read both with the same"
        case .doesNotFollow: "the second difference does not begin with the value that the first one leads to"
        }
    }
}

/// Compares two JSON texts.
///
/// - Parameters:
///   - old: What the changes begin with, in UTF-8.
///   - new: What they lead to.
///   - options: What makes values equal, and what texts are taken.
///   - threads: 2 reads on two threads.
///   - maximum: How many changes are looked for.
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``.
public func compare(
    _ old: [UInt8], _ new: [UInt8], options: JSONOptions = JSONOptions(), threads: Int = 2, maximum: Int = .max
) throws -> JSONDifference {
    let (first, second) = try JSONDocument.both(
        old.withUnsafeBytes { JSONText(copying: $0) }, new.withUnsafeBytes { JSONText(copying: $0) }, options,
        threads: threads)
    return try JSONDifference.between(first, second, maximum: maximum)
}

/// Compares two files; `-` is standard input, for one of them.
///
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``, ``JSONFileError``.
public func compare(
    contentsOf old: String, _ new: String, options: JSONOptions = JSONOptions(), threads: Int = 2, maximum: Int = .max
) throws -> JSONDifference {
    let (oldText, newText) = try makeBoth(threads: threads) { try JSONText(contentsOf: $0 ? old : new) }
    let (first, second) = try JSONDocument.both(oldText, newText, options, threads: threads)
    return try JSONDifference.between(first, second, maximum: maximum)
}

/// Compares two documents that were read with the same options.
///
/// - Throws: ``JSONComparisonError``.
public func compare(
    _ old: JSONDocument, _ new: JSONDocument, maximum: Int = .max
) throws(JSONComparisonError) -> JSONDifference {
    try JSONDifference.between(old, new, maximum: maximum)
}

/// Compares two texts that are not copied: the caller keeps them, unchanged, as long as the difference is used.
///
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``.
public func compare(
    unowned old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, options: JSONOptions = JSONOptions(),
    threads: Int = 2, maximum: Int = .max
) throws -> JSONDifference {
    let (first, second) = try JSONDocument.both(
        JSONText(unowned: old), JSONText(unowned: new), options, threads: threads)
    return try JSONDifference.between(first, second, maximum: maximum)
}

extension JSONDifference {
    /// The document with the changes made.
    ///
    /// - Parameter document: The old one; one that is equal to it by the options, for which the changes are found anew; or another
    ///   in which the values to be changed are the same.
    /// - Throws: ``JSONPatchError``: another value is where one is to be changed.
    public func applied(to document: JSONDocument) throws(JSONPatchError) -> [UInt8] {
        guard document !== old else { return try JSONPatch(self).applied(to: document) }
        if document.options == old.options, document.hash == old.hash,
            let found = differenceFound(from: document, to: new)
        {
            return try JSONPatch(found).applied(to: document)
        }
        return try JSONPatch(self, tests: true).applied(to: document)
    }

    /// The document with the changes taken back.
    ///
    /// - Parameter document: The new one, one that is equal to it by the options, or another in which the changed values are the
    ///   same.
    /// - Throws: ``JSONPatchError``: another value is where one is to be changed.
    public func reverted(on document: JSONDocument) throws(JSONPatchError) -> [UInt8] {
        try reversed.applied(to: document)
    }
}
