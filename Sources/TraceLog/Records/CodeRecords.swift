/// `module`: an object of code, the program or a library, that samples were taken in.
public struct ModuleRecord: Sendable, Equatable {
    /// The module's number in this session, from 1; a ``CodeLocation`` holds it in 16 bits.
    public var id: UInt64
    /// The GNU build id in hexadecimal digits; empty: the file has none.
    public var buildID: String
    /// A number made of the object's program headers, the same for a file and its stripped copies: a file with another
    /// one is another build. See "The record format". 0: not known.
    public var layout: UInt64
    /// The file's path in the process; empty: the kernel's own code.
    public var path: String
    /// The address in memory less the address in the file, when it was first seen. For information.
    public var bias: UInt64

    /// Makes a record.
    public init(id: UInt64, buildID: String, layout: UInt64, path: String, bias: UInt64) {
        self.id = id
        self.buildID = buildID
        self.layout = layout
        self.path = path
        self.bias = bias
    }

    func write(to line: inout RecordLineWriter) {
        line.field("id", id)
        line.field("build", text: buildID.utf8)
        line.field("layout", hexadecimal: layout)
        line.field("path", text: path.utf8)
        line.field("bias", bias)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let id = fields.number("id"), let buildID = fields.text("build"),
            let layout = fields.hexadecimal("layout"), let path = fields.text("path"), let bias = fields.number("bias")
        else { return nil }
        self.init(id: id, buildID: buildID, layout: layout, path: path, bias: bias)
    }
}

/// `symbol`: a function that samples were taken in.
public struct SymbolRecord: Sendable, Equatable {
    /// The module's number.
    public var module: UInt64
    /// Where the function begins: its address in the file.
    public var start: UInt64
    /// Its size in bytes; 0: not told, it goes on to the next one known.
    public var size: UInt64
    /// Its name as the linker has it, mangled, at most ``maximumNameBytes`` long.
    public var name: String

    /// Longer names are cut.
    public static let maximumNameBytes = 512

    /// Makes a record.
    public init(module: UInt64, start: UInt64, size: UInt64, name: String) {
        self.module = module
        self.start = start
        self.size = size
        self.name = name
    }

    func write(to line: inout RecordLineWriter) {
        line.field("module", module)
        line.field("start", start)
        line.field("size", size)
        line.field("name", text: name.utf8)
    }

    init?(_ fields: inout RecordFieldReader) {
        guard let module = fields.number("module"), let start = fields.number("start"),
            let size = fields.number("size"), let name = fields.text("name")
        else { return nil }
        self.init(module: module, start: start, size: size, name: name)
    }
}
