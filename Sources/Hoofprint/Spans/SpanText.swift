import CHoofprint
import Synchronization

/// Texts of spans, attributes and error types, on the way to the log.
@usableFromInline
enum SpanText {
    /// The policy of the session, set once at bootstrap.
    static let policy = Mutex(AttributePolicy.none)

    /// What is taken out of all texts but the compiler's, set once at bootstrap.
    static let redaction = Mutex(Redaction())

    /// How often spans of a path ended in an error of a type.
    static let errors = Mutex(ErrorTable())

    @usableFromInline @inline(never)
    static func write(_ attributes: SpanAttributes, to frame: UnsafeMutablePointer<hp_frame>) {
        for element in attributes.elements { write(element.key, element.value, to: frame) }
    }

    @usableFromInline @inline(never)
    static func write(_ attributes: SpanAttributes, to context: hp_context) {
        for element in attributes.elements { write(element.key, element.value, to: context) }
    }

    static func write(
        _ key: StaticString, _ value: any SpanAttributeConvertible, to frame: UnsafeMutablePointer<hp_frame>
    ) {
        guard hp_is_own_frame(frame) else { return }
        if put(key, value, id: frame.pointee.id) { frame.pointee.texts += 1 }
    }

    static func write(_ key: StaticString, _ value: any SpanAttributeConvertible, to context: hp_context) {
        var context = context
        if put(key, value, id: context.id) { hp_note_task_text(&context) }
    }

    /// Counts an error on a sync span's path.
    static func fail(_ frame: UnsafeMutablePointer<hp_frame>, type: String) {
        guard hp_is_own_frame(frame) else { return }
        hp_fail_frame(frame)
        errors.withLock { $0.add(path: frame.pointee.node.pointee.path.pointee.id, type: type) }
        guard frame.pointee.id != 0 else { return }
        if put(HP_ENTRY_ERROR, id: frame.pointee.id, key: [], value: type) { frame.pointee.texts += 1 }
    }

    /// Counts an error on an async span's path.
    static func fail(_ open: hp_task_open, type: String) {
        var open = open
        guard open.is_open, hp_context_is_open(&open.context) else { return }
        hp_fail_task(&open)
        errors.withLock { $0.add(path: open.context.path.pointee.id, type: type) }
        guard open.writes_span else { return }
        if put(HP_ENTRY_ERROR, id: open.context.id, key: [], value: type) { hp_note_task_text(&open.context) }
    }

    /// Returns a text that the program gives, as it may be written.
    static func cleaned(_ text: String) -> String { redaction.withLock { $0 }.cleaned(text) }

    /// Writes a text that is already as it may be written.
    static func write(_ key: String, _ value: String, to context: hp_context) {
        var context = context
        if put(HP_ENTRY_ATTRIBUTE, id: context.id, key: Array(key.utf8.prefix(64)), value: value) {
            hp_note_task_text(&context)
        }
    }

    private static func put(_ key: StaticString, _ value: any SpanAttributeConvertible, id: UInt64) -> Bool {
        let name = key.description
        guard policy.withLock({ $0.allows(name) }) else { return false }
        let text = redaction.withLock { $0 }.value(value.attributeText, of: name)
        return put(HP_ENTRY_ATTRIBUTE, id: id, key: Array(name.utf8.prefix(64)), value: text)
    }

    private static func put(_ kind: hp_entry_kind, id: UInt64, key: [UInt8], value: String) -> Bool {
        let text = key + value.utf8.prefix(SpanAttributes.maximumValueBytes)
        return hp_write_text(kind, id, text, UInt32(text.count), UInt32(key.count))
    }
}

/// Error types by path, bounded: beyond ``maximumEntries`` pairs an error counts as of type `(other)`.
struct ErrorTable {
    static let maximumEntries = 1024

    struct Key: Hashable {
        let path: UInt32
        let type: String
    }

    private(set) var counts: [Key: UInt64] = [:]

    mutating func add(path: UInt32, type: String) {
        let key = Key(path: path, type: type)
        let isRoom = counts[key] != nil || counts.count < Self.maximumEntries
        counts[isRoom ? key : Key(path: path, type: "(other)"), default: 0] += 1
    }
}
