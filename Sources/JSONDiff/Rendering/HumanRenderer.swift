/// Writes changes for eyes: those in one object or array under a line with its path and what the record around it is known by.
///
/// `~` is a value that was replaced, `-` one that was removed, `+` one that was added, `→` one that was moved. No line is wider than
/// asked for; what is left out of values and paths is said.
public struct HumanRenderer: JSONDifferenceRenderer {
    /// How wide lines may be; at least 60.
    public var width: Int
    /// Whether colours are used (ECMA-48's).
    public var usesColor: Bool
    /// How many members of the record around a change are shown.
    public var context: Int

    /// A renderer for a terminal of some width.
    public init(width: Int = 100, usesColor: Bool = false, context: Int = 2) {
        self.width = max(60, width)
        self.usesColor = usesColor
        self.context = context
    }

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        guard !difference.isEmpty else { return }
        var finder = RecordFinder(difference)
        let lines = ChangeLines(difference: difference, width: width, style: HumanStyle(usesColor: usesColor))
        var group: Int32?
        for edit in difference.edits {
            let parent = max(0, difference.paths.nodes[Int(edit.path)].parent)
            if parent != group {
                if group != nil { output.append("\n") }
                group = parent
                output.append(heading(parent, difference, &finder))
            }
            output.append(lines.text(of: edit))
            try output.pass()
        }
        let style = HumanStyle(usesColor: usesColor)
        let sentence = ChangeCounts(difference).sentence(isCutOff: difference.isCutOff)
        output.append("\n" + style.dim(sentence) + "\n")
    }

    private func heading(_ node: Int32, _ difference: JSONDifference, _ finder: inout RecordFinder) -> String {
        let style = HumanStyle(usesColor: usesColor)
        let label = finder.label(of: node, members: context)
        guard node > 0 else { return style.heading("(document)") + "\n" }
        let old = difference.tokens(of: node, .old), new = difference.tokens(of: node, .new)
        let room = old == new ? width : width / 2 - 3
        var path = PathText(old, columns: room)
        var line = style.heading(path.text)
        if old != new {
            let now = PathText(new, columns: width - path.columns - 7)
            line += style.dim(" (now ") + style.heading(now.text) + style.dim(")")
            path.columns += now.columns + 7
        }
        guard let label else { return line + "\n" }
        let columns = label.unicodeScalars.reduce(0) { $0 + VisibleText.columns($1.value) }
        if path.columns + 2 + columns <= width { return line + "  " + style.dim(label) + "\n" }
        // On a line of its own, as much of it as there is room for.
        var rest = VisibleLine(columns: width - 3)
        let count = label.utf8.count
        let shown = Array(label.utf8).withUnsafeBufferPointer { rest.append($0) }
        return line + "\n  " + style.dim(rest.text + (shown < count ? "…" : "")) + "\n"
    }
}

/// A path as one can see it: steps in the middle are left out where it is too long.
struct PathText {
    let text: String
    var columns: Int

    init(_ tokens: [[UInt8]], columns: Int) {
        // A step is looked at no further than it can be shown.
        func step(_ token: [UInt8], _ room: Int) -> (text: String, columns: Int, isWhole: Bool) {
            VisibleLine.characters(Array("/\(JSONPointer.escaped(token))".utf8), columns: max(24, room))
        }
        var head: [String] = [], tail: [String] = []
        var used = 0, first = 0, last = tokens.count
        let gap = tokens.count > 1 ? "/…\(tokens.count) steps…".count : 0
        // From both ends, the last step first: it says most.
        while first < last {
            let fromEnd = tail.count <= head.count
            let next = step(tokens[fromEnd ? last - 1 : first], columns - gap)
            let isLastMissing = last - first == 1
            guard used + next.columns <= columns - (isLastMissing ? 0 : gap) || (head.isEmpty && tail.isEmpty) else {
                break
            }
            used += next.columns
            if fromEnd {
                tail.append(next.text)
                last -= 1
            } else {
                head.append(next.text)
                first += 1
            }
        }
        var middle = ""
        if first < last {
            middle = "/…\(last - first) steps…"
            used += middle.count
        }
        text = head.joined() + middle + tail.reversed().joined()
        self.columns = used
    }
}

extension JSONPointer {
    /// A token as it stands in a pointer.
    static func escaped(_ token: [UInt8]) -> String { escaped(String(decoding: token, as: UTF8.self)) }
}
