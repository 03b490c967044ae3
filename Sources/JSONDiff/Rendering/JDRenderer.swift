/// Writes the format of josephburnett/jd, version 1: `@`, the path as a JSON array, then removed and added values a line each.
///
/// Sections are meant one after the other, as the operations of a JSON Patch are. What is moved is removed and added. Elements of
/// arrays that are sets or multisets stand under `{}` instead of an index (the format's description is in jd's README).
public struct JDRenderer: JSONDifferenceRenderer {
    /// A renderer of jd's format.
    public init() {}

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        // The last path written, so that additions to a set stand in one section.
        var last: [UInt8] = []
        var lastAdds = false
        func section(_ node: Int32, removed: UnsafeBufferPointer<UInt8>?, added: UnsafeBufferPointer<UInt8>?) -> [UInt8]
        {
            let (path, isSet) = path(to: node, in: difference)
            var writer = JSONWriter()
            // Removals come first in a section.
            if !(isSet && path == last && !(lastAdds && removed != nil)) { writer.append(raw: path) }
            (last, lastAdds) = (isSet ? path : [], added != nil)
            if let removed {
                writer.append("- ")
                writer.append(value: removed)
                writer.append("\n")
            }
            if let added {
                writer.append("+ ")
                writer.append(value: added)
                writer.append("\n")
            }
            return writer.bytes
        }
        for edit in difference.edits {
            let old = difference.oldBytes(edit), new = difference.newBytes(edit)
            switch edit.kind {
            case .add: output.append(section(edit.path, removed: nil, added: new))
            case .remove: output.append(section(edit.path, removed: old, added: nil))
            case .replace: output.append(section(edit.path, removed: old, added: new))
            case .move:
                output.append(section(edit.from, removed: old, added: nil))
                output.append(section(edit.path, removed: nil, added: new))
            }
            try output.pass()
        }
    }

    /// The line of a path, and whether its last step is into a set.
    private func path(to node: Int32, in difference: JSONDifference) -> (line: [UInt8], isSet: Bool) {
        let rules = difference.old.rules
        var state = rules.patterns.root
        var isSet = false
        var writer = JSONWriter()
        writer.append("@ [")
        let steps = difference.paths.steps(to: node)
        for (index, step) in steps.enumerated() {
            if index > 0 { writer.append(",") }
            let token = difference.token(of: step, .applied)
            switch step {
            case .root: break
            case .oldKey, .newKey: writer.append(string: token)
            case .index:
                isSet = index == steps.count - 1 && rules.key(state) == nil && rules.arrays(state) != .list
                if isSet { writer.append("{}") } else { writer.append(raw: token) }
            }
            if rules.followsPaths {
                let name = String(decoding: token, as: UTF8.self)
                state = rules.patterns.advanced(state) { $0 == name }
            }
        }
        writer.append("]\n")
        return (writer.bytes, isSet)
    }
}
