/// Turns a report into a format. A further format is a further conforming type, handed to whatever writes reports.
public protocol Renderer: Sendable {
    /// Returns the report in this format, with its last line feed. Takes time in proportion to what is shown.
    func render(_ report: Report) -> String
}
