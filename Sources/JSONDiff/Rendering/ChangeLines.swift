/// The lines of a change, under the path of its container.
struct ChangeLines {
    let difference: JSONDifference
    let width: Int
    let style: HumanStyle

    /// How many characters before and after what changed in a string are shown.
    private static let stringContext = 16

    func text(of edit: Edit) -> String {
        let isAll = difference.paths.nodes[Int(edit.path)].parent < 0
        let old = difference.oldBytes(edit), new = difference.newBytes(edit)
        switch edit.kind {
        case .remove: return line("-", .removed, name(edit.path, .old), old)
        case .add: return line("+", .added, name(edit.path, .new), new)
        case .move:
            let from = name(edit.from, .old), to = name(edit.path, .new)
            return line("→", .moved, (from.text + " to " + to.text, from.columns + 4 + to.columns), old)
        case .replace:
            if isAll { return replaced(nil, old, new) }
            var name = name(edit.path, .old)
            if case .index(_, let before, let after) = difference.paths.nodes[Int(edit.path)].step, before != after {
                let now = self.name(edit.path, .new)
                name = (name.text + " (now \(now.text))", name.columns + 7 + now.columns)
            }
            return replaced(name, old, new)
        }
    }

    private typealias Name = (text: String, columns: Int)

    /// A key or an index.
    private func name(_ node: Int32, _ side: PathTree.Side) -> Name {
        let token = difference.token(of: difference.paths.nodes[Int(node)].step, side)
        // An empty key has to be seen, and one that looks like the rest of a line.
        let needsQuotes = token.isEmpty || token.contains(0x20) || token.contains(UInt8(ascii: ":"))
        let shown = VisibleLine.characters(token, columns: width / 3)
        return needsQuotes ? ("\"\(shown.text)\"", shown.columns + 2) : (shown.text, shown.columns)
    }

    private func line(
        _ sign: String, _ kind: HumanStyle.Kind, _ name: Name, _ value: UnsafeBufferPointer<UInt8>
    ) -> String {
        let room = width - 6 - name.columns
        let shown = VisibleLine.value(value, columns: room)
        // What is said of the rest of a long value needs some room.
        if room >= 24 || shown.isWhole {
            return "  " + style.paint("\(sign) \(name.text): \(shown.text)", kind) + "\n"
        }
        let text = VisibleLine.value(value, columns: width - 6).text
        return "  " + style.paint("\(sign) \(name.text):", kind) + "\n      " + style.paint(text, kind) + "\n"
    }

    /// On one line where there is room, else below each other.
    private func replaced(
        _ name: Name?, _ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>
    ) -> String {
        let start = "  " + style.paint("~", .replaced) + " " + (name.map { $0.text + ": " } ?? "")
        let room = width - 7 - (name.map { $0.columns + 2 } ?? 0)
        if room > 0 {
            let first = VisibleLine.value(old, columns: room)
            let second = VisibleLine.value(new, columns: room)
            if first.isWhole, second.isWhole, first.columns + second.columns <= room {
                return start + style.paint(first.text, .removed) + style.dim(" → ")
                    + style.paint(second.text, .added) + "\n"
            }
        }
        let head = name.map { "  " + style.paint("~", .replaced) + " " + $0.text + ":\n" } ?? ""
        if old.first == UInt8(ascii: "\""), new.first == UInt8(ascii: "\"") {
            let isWhole = [old, new].allSatisfy { VisibleLine.value($0, columns: width - 6).isWhole }
            let (first, second) = (StringContent.characters(old), StringContent.characters(new))
            return first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    let change = StringChange(first, second)
                    let around = isWhole ? nil : roomAround(change, first, second)
                    return head + "    " + string("-", .removed, first, change, around) + "\n    "
                        + string("+", .added, second, change, around) + "\n"
                }
            }
        }
        func below(_ sign: String, _ kind: HumanStyle.Kind, _ value: UnsafeBufferPointer<UInt8>) -> String {
            "    " + style.paint(sign + " " + VisibleLine.value(value, columns: width - 6).text, kind) + "\n"
        }
        return head + below("-", .removed, old) + below("+", .added, new)
    }

    /// How many columns there are before and after what changed, the same for both strings.
    private func roomAround(
        _ change: StringChange, _ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>
    ) -> Int {
        // The changed part, at least as much of it as tells how much is left out.
        let changed = [old, new].map { string in
            var line = VisibleLine(columns: 16)
            let part = change.first..<string.count - change.last
            return line.append(UnsafeBufferPointer(rebasing: string[part]), .string) < part.count ? 16 : line.used
        }
        // Less the quotes, and what is said of what is left out at both ends.
        return (width - 6 - 34 - (changed.max() ?? 16)) / 2
    }

    /// A string with what is around the changed part, and how much is left out.
    ///
    /// - Parameter around: How many columns there are for it before and after; nil: the whole string is shown.
    private func string(
        _ sign: String, _ kind: HumanStyle.Kind, _ inside: UnsafeBufferPointer<UInt8>, _ change: StringChange,
        _ around: Int?
    ) -> String {
        let end = inside.count - change.last
        let room = width - 6
        /// A part of the string, all of it if there is room.
        func part(_ range: Range<Int>, _ columns: Int) -> (text: String, columns: Int) {
            var line = VisibleLine(columns: columns)
            let bytes = UnsafeBufferPointer(rebasing: inside[range])
            if line.append(bytes, .string) == bytes.count { return (line.text, line.used) }
            let said = "…\(bytes.count) bytes…".count
            line = VisibleLine(columns: columns - said)
            let shown = line.append(bytes, .string)
            let rest = "…\(bytes.count - shown) bytes…"
            return (line.text + rest, line.used + rest.count)
        }
        guard let around else {
            return style.paint(sign + " \"" + part(0..<change.first, room).text, kind)
                + style.changed(part(change.first..<end, room).text, kind)
                + style.paint(part(end..<inside.count, room).text + "\"", kind)
        }
        var before = StringChange.back(inside, from: change.first, units: Self.stringContext)
        var after = StringChange.forward(inside, from: end, units: Self.stringContext)
        // Escapes may need more room than there is.
        while before < change.first, part(before..<change.first, .max).columns > around {
            before = StringChange.forward(inside, from: before, units: 1)
        }
        while after > end, part(end..<after, .max).columns > around {
            after = StringChange.back(inside, from: after, units: 1)
        }
        // What takes no more room than saying that it is left out is not left out.
        if before <= 12, part(0..<before, 13).columns <= 12 { before = 0 }
        if inside.count - after <= 12, part(after..<inside.count, 13).columns <= 12 { after = inside.count }
        let skipped = before > 0 ? "…\(before) bytes…" : ""
        let rest = after < inside.count ? "…\(inside.count - after) bytes…" : ""
        let head = part(before..<change.first, room), tail = part(end..<after, room)
        let middle = part(
            change.first..<end, room - 2 - skipped.count - rest.count - head.columns - tail.columns)
        return style.paint(sign + " \"", kind) + style.dim(skipped) + style.paint(head.text, kind)
            + style.changed(middle.text, kind) + style.paint(tail.text, kind) + style.dim(rest)
            + style.paint("\"", kind)
    }
}
