/// Samples as collapsed stacks, the input of flamegraph.pl, inferno and others: a line for each stack, frames outermost first
/// with semicolons between them, a space, the number of samples.
///
/// An async function ends in `_[a]`, an inlined one in `_[i]`. A semicolon in a name is written as a colon.
/// Source: https://github.com/brendangregg/FlameGraph, stackcollapse.pl.
public struct CollapsedRenderer: Renderer {
    /// Makes a renderer.
    public init() {}

    /// Returns a line for each stack; an empty text where there are no samples.
    public func render(_ report: Report) -> String {
        let tree = report.samples.tree
        let labels = tree.frames.map(Self.label)
        var text = ""
        tree.forEachStack { frames, own in
            for (index, frame) in frames.enumerated() {
                if index > 0 { text += ";" }
                text += labels[frame]
            }
            text += " \(own.all)\n"
        }
        return text
    }

    private static func label(_ frame: SampleFrame) -> String {
        let name = String(SafeText.escaped(frame.label).map { $0 == ";" ? ":" : $0 })
        return name + (frame.kind == .asyncCode ? "_[a]" : "") + (frame.isInlined ? "_[i]" : "")
    }
}
