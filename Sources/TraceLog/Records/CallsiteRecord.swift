/// `callsite`: a place in the source that opens spans.
public struct CallsiteRecord: Sendable, Equatable {
    /// The callsite's number in this session, from 1.
    public var id: UInt64
    /// The span's name.
    public var name: String
    /// The function that opens the span, as `#function` gives it.
    public var function: String
    /// The source file, as `#fileID` gives it: `Module/File.swift`.
    public var file: String
    /// The line in the file, from 1.
    public var line: UInt64

    /// Makes a record.
    public init(id: UInt64, name: String, function: String, file: String, line: UInt64) {
        self.id = id
        self.name = name
        self.function = function
        self.file = file
        self.line = line
    }

    func write(to writer: inout RecordLineWriter) {
        writer.field("id", id)
        writer.field("name", text: name.utf8)
        writer.field("function", text: function.utf8)
        writer.field("file", text: file.utf8)
        writer.field("line", line)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let id = fields.number("id"), let name = fields.text("name"), let function = fields.text("function"),
            let file = fields.text("file"), let line = fields.number("line")
        else { return nil }
        self.init(id: id, name: name, function: function, file: file, line: line)
    }
}

/// `path`: a callsite under a parent path, a node of the calling-context tree.
public struct PathRecord: Sendable, Equatable {
    /// How the spans of a path run.
    public enum Form: String, Sendable {
        /// On one thread from begin to end: on-CPU time is exact.
        case sync
        /// Over suspensions, on any thread: on-CPU time is that of the sync spans below.
        case async
    }

    /// The path's number in this session, from 1.
    public var id: UInt64
    /// The parent path's number; 0 for a root.
    public var parent: UInt64
    /// The callsite's number.
    public var callsite: UInt64
    /// How its spans run.
    public var form: Form

    /// Makes a record.
    public init(id: UInt64, parent: UInt64, callsite: UInt64, form: Form) {
        self.id = id
        self.parent = parent
        self.callsite = callsite
        self.form = form
    }

    func write(to line: inout RecordLineWriter) {
        line.field("id", id)
        line.field("parent", parent)
        line.field("callsite", callsite)
        line.field("form", text: form.rawValue.utf8)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let id = fields.number("id"), let parent = fields.number("parent"),
            let callsite = fields.number("callsite"), let form = fields.text("form").flatMap(Form.init(rawValue:))
        else { return nil }
        self.init(id: id, parent: parent, callsite: callsite, form: form)
    }
}
