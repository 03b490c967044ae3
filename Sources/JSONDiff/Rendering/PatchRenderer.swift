/// Writes a JSON Patch (RFC 6902), an operation a line. All of it is in memory at once.
public struct PatchRenderer: JSONDifferenceRenderer {
    /// Whether a test that the old value is there stands before each change; such a patch can be taken back.
    public var tests: Bool

    /// A renderer of patches, with tests or without.
    public init(tests: Bool = false) { self.tests = tests }

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) {
        output.append(JSONPatch(difference, tests: tests).bytes)
    }
}
