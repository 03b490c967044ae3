import Dispatch
import Foundation
import Hoofprint
import Synchronization

/// A JSON text that was read and checked, with what is needed to compare it.
///
/// It keeps the text, and 20 bytes for each object or array of 64 bytes or more: at most 1.6 times the text where containers are
/// longer than 34 bytes on average. Where it is read to be compared, and is an array of elements of 48 bytes or more on average,
/// it keeps 12 bytes for each of them, too. It may be used from many threads at once.
public final class JSONDocument: Sendable {
    let text: JSONText
    let rules: ReadingRules
    let containers: Containers
    /// Of the one value.
    let hash: UInt64
    /// Those of the one value, where it is an array that was read element by element.
    let elements: ElementList?
    /// Of the one value, brackets included; of a text of lines, all of it.
    let range: Range<Int>

    /// The options it was read with.
    public var options: JSONOptions { rules.options }

    /// Whether the text began with a byte order mark, which is no part of it.
    public let hasByteOrderMark: Bool

    /// Reads a text; time is linear in it, some 1 ns a byte.
    ///
    /// - Throws: ``JSONReadingError``, ``JSONOptionsError``.
    public convenience init(_ bytes: [UInt8], options: JSONOptions = JSONOptions()) throws {
        try self.init(bytes.withUnsafeBytes { JSONText(copying: $0) }, options)
    }

    /// Reads a text.
    ///
    /// - Throws: ``JSONReadingError``, ``JSONOptionsError``.
    public convenience init(_ data: Data, options: JSONOptions = JSONOptions()) throws {
        try self.init(data.withUnsafeBytes { JSONText(copying: $0) }, options)
    }

    /// Reads a text that is not copied: the caller keeps it, unchanged, as long as this and all that was made of it is used.
    ///
    /// - Throws: ``JSONReadingError``, ``JSONOptionsError``.
    public convenience init(unowned bytes: UnsafeRawBufferPointer, options: JSONOptions = JSONOptions()) throws {
        try self.init(JSONText(unowned: bytes), options)
    }

    /// Reads a file; `-` is standard input.
    ///
    /// - Throws: ``JSONReadingError``, ``JSONOptionsError``, ``JSONFileError``.
    public convenience init(contentsOf path: String, options: JSONOptions = JSONOptions()) throws {
        try self.init(try JSONText(contentsOf: path), options)
    }

    /// - Parameter keepsContainers: Whether it is to be compared in more than its hash.
    convenience init(_ given: JSONText, _ options: JSONOptions, keepsContainers: Bool = true) throws {
        let prepared = try PreparedText(given, options)
        do {
            let (containers, hash) = try Self.read(prepared.text, prepared.rules, keepsContainers: keepsContainers)
            self.init(prepared, containers, hash, elements: nil)
        } catch let error as JSONReadingError {
            // Columns are counted where nothing was erased.
            throw JSONReadingError(error.problem, at: error.offset, in: given.bytes(0..<given.count))
        }
    }

    /// Reads a text that is a long array. nil: it is to be read otherwise.
    ///
    /// - Parameters:
    ///   - threads: 2 reads two parts of it at once.
    ///   - known: A document that was read with the same options: what stands there in the same bytes is not read again.
    private convenience init?(
        longArray given: JSONText, _ options: JSONOptions, threads: Int, like known: JSONDocument?,
        keepsContainers: Bool
    ) throws {
        let prepared = try PreparedText(given, options)
        guard let array = LongArray(prepared.text, prepared.rules) else { return nil }
        let reading = span("json.read") {
            array.read(threads: threads, like: known, keepsContainers: keepsContainers)
        }
        guard let reading else { return nil }
        self.init(prepared, reading.containers, reading.hash, elements: reading.elements)
    }

    private init(_ prepared: PreparedText, _ containers: Containers, _ hash: UInt64, elements: ElementList?) {
        text = prepared.text
        rules = prepared.rules
        hasByteOrderMark = prepared.hasByteOrderMark
        range = rules.options.syntax == .ndjson ? 0..<text.count : text.rangeOfValue
        self.containers = containers
        self.hash = hash
        self.elements = elements
    }
}

/// A text and how it is to be read.
private struct PreparedText {
    let text: JSONText
    let rules: ReadingRules
    let hasByteOrderMark: Bool

    /// - Throws: ``JSONReadingError``, ``JSONOptionsError``.
    init(_ given: JSONText, _ options: JSONOptions) throws {
        guard let rules = ReadingRules(options) else { throw JSONOptionsError.tooManyPatterns }
        guard given.count <= JSONText.maximumCount else {
            throw JSONReadingError(
                "the text has \(given.count) bytes; the longest that can be read has \(JSONText.maximumCount)", at: 0,
                in: given.bytes(0..<0))
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        hasByteOrderMark = given.count >= 3 && given.bytes(0..<3).elementsEqual(mark)
        self.rules = rules
        text = try given.prepared(for: options.syntax, passingOver: hasByteOrderMark ? 3 : 0)
    }
}

extension JSONDocument {
    /// Finds the containers of a text and the hash of its value.
    private static func read(
        _ text: JSONText, _ rules: ReadingRules, keepsContainers: Bool
    ) throws -> (Containers, hash: UInt64) {
        let containers = Containers(textLength: keepsContainers ? text.count : 0)
        let hash = try span("json.read") { _ throws in
            var reader = DocumentReader(text.bytes(0..<text.count), rules, into: keepsContainers ? containers : nil)
            return rules.options.syntax == .ndjson
                ? try reader.readLines(path: rules.patterns.root) : try reader.readValue(path: rules.patterns.root)
        }
        return (containers, hash)
    }
}

/// Options cannot be followed.
public enum JSONOptionsError: Error, Sendable, CustomStringConvertible {
    /// There are too many patterns with too many segments.
    case tooManyPatterns

    /// What is wrong, and what helps.
    public var description: String {
        "the patterns have too many segments: all together, and one more for each, may have \(PatternSet.maximumSegments)"
    }
}

extension JSONDocument {
    /// Texts from here on, together, are read on two threads.
    private static let minimumForThreads = 1 << 20

    /// Reads two texts; one that has the same bytes as the other is read once.
    ///
    /// - Throws: ``JSONTextsError``, ``JSONOptionsError``.
    static func both(
        _ old: JSONText, _ new: JSONText, _ options: JSONOptions, threads: Int, keepsContainers: Bool = true
    ) throws -> (JSONDocument, JSONDocument) {
        @Sendable func read(_ isOld: Bool) throws -> JSONDocument {
            do {
                return try JSONDocument(isOld ? old : new, options, keepsContainers: keepsContainers)
            } catch let error as JSONReadingError {
                throw JSONTextsError(isOld: isOld, error: error)
            }
        }
        if old === new || old.count == new.count && memcmp(old.start, new.start, old.count) == 0 {
            let document = try read(true)
            return (document, document)
        }
        let isLong = old.count + new.count >= minimumForThreads
        let threads = isLong ? threads : 1
        // What is wrong with a text is told where it is read as a whole, below.
        if isLong,
            let first = try? JSONDocument(
                longArray: old, options, threads: threads, like: nil, keepsContainers: keepsContainers)
        {
            let second = try? JSONDocument(
                longArray: new, options, threads: threads, like: first, keepsContainers: keepsContainers)
            return (first, try second ?? read(false))
        }
        return try makeBoth(threads: threads, read)
    }
}

/// Makes the first of two things (`true`) and the second, at once where there are two threads. Throws the first's error first.
func makeBoth<Made: Sendable>(
    threads: Int, _ make: @escaping @Sendable (Bool) throws -> Made
) throws -> (Made, Made) {
    guard threads > 1 else { return (try make(true), try make(false)) }
    let results = Mutex<[Result<Made, any Error>?]>([nil, nil])
    DispatchQueue.concurrentPerform(iterations: 2) { index in
        let result = Result { try make(index == 0) }
        results.withLock { $0[index] = result }
    }
    let both = results.withLock { $0 }
    guard let first = both[0], let second = both[1] else { preconditionFailure("both were made") }
    return (try first.get(), try second.get())
}

/// One of two texts is not JSON, or breaks a limit.
public struct JSONTextsError: Error, Sendable, CustomStringConvertible {
    /// Whether it is the first.
    public let isOld: Bool
    /// What is wrong with it.
    public let error: JSONReadingError

    /// `the first text, line 3, column 14 (byte 120): …`.
    public var description: String { "the \(isOld ? "first" : "second") text, \(error)" }
}
