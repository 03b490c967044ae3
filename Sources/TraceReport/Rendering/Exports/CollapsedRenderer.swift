/// Collapsed stacks, the input of flamegraph.pl, inferno and others: a line for each stack, frames outermost first with
/// semicolons between them, a space, the number of samples or of nanoseconds.
///
/// An async function ends in `_[a]`, an inlined one in `_[i]`. A semicolon in a name is written as a colon.
/// Source: https://github.com/brendangregg/FlameGraph, stackcollapse.pl.
public struct CollapsedRenderer: Renderer {
    /// What is shown.
    public let content: ProfileContent

    /// Makes a renderer.
    public init(of content: ProfileContent = .samples) {
        self.content = content
    }

    /// Returns a line for each stack; an empty text where there are none.
    public func render(_ report: Report) -> String {
        let profile = StackProfile(content, of: report)
        let labels = profile.frames.map(Self.label)
        var text = ""
        profile.forEachStack { frames, node in
            for (index, frame) in frames.enumerated() {
                if index > 0 { text += ";" }
                text += labels[frame]
            }
            text += " \(profile.own(of: node))\n"
        }
        return text
    }

    private static func label(_ frame: StackProfile.Frame) -> String {
        let name = String(SafeText.escaped(frame.label).map { $0 == ";" ? ":" : $0 })
        return name + (frame.kind == .asyncCode ? "_[a]" : "") + (frame.isInlined ? "_[i]" : "")
    }
}
