/// Turns a report into a format. A further format is a further conforming type, handed to whatever writes reports.
public protocol Renderer<Output>: Sendable {
    /// What comes of it: `String` for a format that is text, `[UInt8]` for one that is none.
    associatedtype Output: RenderedOutput

    /// Returns the report in this format, text with its last line feed. Takes time in proportion to what is shown.
    func render(_ report: Report) -> Output
}

extension Renderer {
    /// Whether the format is text, so that it may be shown on a terminal.
    public var isText: Bool { Output.isText }

    /// Returns the report as a file holds it; text in UTF-8.
    public func encoded(_ report: Report) -> [UInt8] { render(report).encoded }
}

/// What a renderer makes.
public protocol RenderedOutput: Sendable {
    /// Whether it is text.
    static var isText: Bool { get }
    /// Its bytes in a file.
    var encoded: [UInt8] { get }
}

extension String: RenderedOutput {
    /// True.
    public static var isText: Bool { true }
    /// The text in UTF-8.
    public var encoded: [UInt8] { Array(utf8) }
}

extension [UInt8]: RenderedOutput {
    /// False.
    public static var isText: Bool { false }
    /// The bytes themselves.
    public var encoded: [UInt8] { self }
}
