/// Writes a page for a browser, both sides beside each other (below each other on a narrow screen): one file that loads nothing and
/// runs no script.
///
/// What comes from the documents stands in it as escaped text only.
public struct HTMLRenderer: JSONDifferenceRenderer {
    /// What the old and the new document are called.
    public var names: (old: String, new: String)
    /// How many members of the record around a change are shown.
    public var context: Int

    /// How many bytes of a value are shown.
    private static let maximumValue = 20_000

    /// A renderer of pages.
    public init(old: String = "old", new: String = "new", context: Int = 2) {
        names = (old, new)
        self.context = context
    }

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        let title = "\(HTMLText.escaped(names.old)) → \(HTMLText.escaped(names.new))"
        output.append(HTMLPage.head(title: title))
        output.append("<header><h1><bdi>\(HTMLText.escaped(names.old))</bdi> → ")
        output.append("<bdi>\(HTMLText.escaped(names.new))</bdi></h1>\n<p>")
        output.append(ChangeCounts(difference).sentence(isCutOff: difference.isCutOff) + "</p></header>\n<main>\n")
        var finder = RecordFinder(difference)
        var group: Int32?
        for edit in difference.edits {
            let parent = max(0, difference.paths.nodes[Int(edit.path)].parent)
            if parent != group {
                if group != nil { output.append("</section>\n") }
                group = parent
                output.append("<section>\n" + heading(parent, difference, &finder))
            }
            output.append(row(edit, difference))
            try output.pass()
        }
        output.append(group == nil ? "" : "</section>\n")
        output.append("</main>\n</body>\n</html>\n")
    }

    private func path(_ tokens: [[UInt8]]) -> String {
        tokens.isEmpty ? "(document)" : tokens.map { "<wbr>/" + HTMLText.escaped(JSONPointer.escaped($0)) }.joined()
    }

    private func heading(_ node: Int32, _ difference: JSONDifference, _ finder: inout RecordFinder) -> String {
        let old = difference.tokens(of: node, .old), new = difference.tokens(of: node, .new)
        let now = old == new ? "" : " <span class=\"now\">now</span> <bdi>\(path(new))</bdi>"
        let label = finder.label(of: node, members: context).map { "<p><bdi>\(HTMLText.escaped($0))</bdi></p>\n" }
        return "<h2><bdi>\(path(old))</bdi>\(now)</h2>\n" + (label ?? "")
    }

    private func row(_ edit: Edit, _ difference: JSONDifference) -> String {
        func name(_ node: Int32, _ side: PathTree.Side) -> String {
            let step = difference.paths.nodes[Int(node)].step
            if case .root = step { return "" }
            return "<bdi>\(HTMLText.escaped(difference.token(of: step, side)))</bdi>"
        }
        let old = difference.oldBytes(edit), new = difference.newBytes(edit)
        let names: (String, String) =
            switch edit.kind {
            case .add: ("", name(edit.path, .new))
            case .remove: (name(edit.path, .old), "")
            case .replace: (name(edit.path, .old), name(edit.path, .new))
            case .move: (name(edit.from, .old), name(edit.path, .new))
            }
        let texts: (String, String)
        if edit.kind == .move {
            texts = (value(old), "<i>the same value</i>")
        } else if edit.kind == .replace, old.first == UInt8(ascii: "\""), new.first == UInt8(ascii: "\"") {
            texts = strings(old, new)
        } else {
            texts = (value(old), value(new))
        }
        func cell(_ side: String, _ name: String, _ text: String) -> String {
            guard !text.isEmpty else { return "<div class=\"\(side) none\"></div>" }
            // A value of many lines begins below its name.
            let title = name.isEmpty ? "" : "<b>\(name)</b>" + (text.contains("\n") ? "<br>" : " ")
            return "<div class=\"\(side)\">\(title)<code>\(text)</code></div>"
        }
        return "<div class=\"row \(edit.kind)\"><span class=\"kind\">\(Self.word(edit.kind))</span>"
            + cell("old", names.0, texts.0) + cell("new", names.1, texts.1) + "</div>\n"
    }

    private static func word(_ kind: Edit.Kind) -> String {
        switch kind {
        case .add: "added"
        case .remove: "removed"
        case .replace: "replaced"
        case .move: "moved"
        }
    }

    private func value(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard !bytes.isEmpty else { return "" }
        var text = IndentedValue(maximum: Self.maximumValue)
        let shown = text.append(bytes)
        let rest = shown < bytes.count ? "<i>… \(bytes.count - shown) more bytes</i>" : ""
        return HTMLText.escaped(text.bytes) + rest
    }

    /// Two strings with what differs marked.
    private func strings(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>) -> (String, String) {
        let first = StringContent.characters(old), second = StringContent.characters(new)
        let change = first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { StringChange(first, $0) }
        }
        func marked(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
            func part(_ range: Range<Int>, fromEnd: Bool = false) -> String {
                guard range.count > Self.maximumValue / 3 else { return HTMLText.escaped(string: bytes[range]) }
                let part = UnsafeBufferPointer(rebasing: bytes[range])
                let cut = StringChange.back(part, from: Self.maximumValue / 3, units: 1)
                let rest = "<i>… \(range.count - cut) more bytes …</i>"
                guard fromEnd else { return HTMLText.escaped(string: part[..<cut]) + rest }
                let start = StringChange.back(part, from: part.count, units: 200)
                return "<i>… \(start) more bytes …</i>" + HTMLText.escaped(string: part[start...])
            }
            let end = bytes.count - change.last
            let middle = part(change.first..<end)
            return "\"" + part(0..<change.first, fromEnd: true) + (middle.isEmpty ? "" : "<mark>\(middle)</mark>")
                + part(end..<bytes.count) + "\""
        }
        return (first.withUnsafeBufferPointer(marked), second.withUnsafeBufferPointer(marked))
    }
}

/// Text in a page.
enum HTMLText {
    static func escaped(_ text: String) -> String { escaped(Array(text.utf8)) }

    /// Characters of a string, as they stand between its quotes.
    static func escaped(string: some Sequence<UInt8>) -> String {
        escaped(
            string.flatMap { byte -> [UInt8] in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
                case 10: Array("\\n".utf8)
                default: [byte]
                }
            })
    }

    /// Characters, but for line ends as JSON escapes what is not to be seen, and as HTML does what it takes for markup.
    static func escaped(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        bytes.withUnsafeBufferPointer { bytes in
            var at = 0
            while at < bytes.count {
                let (code, length) = VisibleText.decode(bytes, at: at)
                at += length
                switch code {
                case 0x26: result.append(contentsOf: "&amp;".unicodeScalars)
                case 0x3C: result.append(contentsOf: "&lt;".unicodeScalars)
                case 0x3E: result.append(contentsOf: "&gt;".unicodeScalars)
                case 0x22: result.append(contentsOf: "&quot;".unicodeScalars)
                case 0x27: result.append(contentsOf: "&#39;".unicodeScalars)
                case 10: result.append("\n")
                default:
                    if VisibleText.isPlain(code), let scalar = Unicode.Scalar(code) {
                        result.append(scalar)
                    } else {
                        result.append(contentsOf: VisibleText.escape(code).unicodeScalars)
                    }
                }
            }
        }
        return String(result)
    }
}
