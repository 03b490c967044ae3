/// Writes JSON about a difference: how many changes there are of each kind, and each of them, one a line.
///
/// `{"version":1,"equal":false,"complete":true,"added":1,"removed":0,"replaced":0,"moved":0,"changes":[{"op":"add","path":"/a/2",
/// "newPath":"/a/2","new":7}]}`. `path` (and `from`, of a move) is meant once the changes before have been made; `oldPath` and
/// `newPath` are those in the documents. `complete` is false where no more changes were looked for.
public struct SummaryRenderer: JSONDifferenceRenderer {
    /// A renderer of summaries.
    public init() {}

    /// Writes all of it.
    public func render(_ difference: JSONDifference, to output: inout RenderedOutput) throws {
        let counts = ChangeCounts(difference)
        output.append("{\"version\":1,\"equal\":\(difference.isEmpty),\"complete\":\(!difference.isCutOff)")
        output.append(",\"added\":\(counts.added),\"removed\":\(counts.removed)")
        output.append(",\"replaced\":\(counts.replaced),\"moved\":\(counts.moved),\"changes\":[")
        for (index, edit) in difference.edits.enumerated() {
            var writer = JSONWriter()
            writer.append(index == 0 ? "\n{\"op\":\"" : ",\n{\"op\":\"")
            writer.append(raw: "\(edit.kind)".utf8)
            if edit.from >= 0 {
                writer.append("\",\"from\":")
                writer.append(pointer: difference.tokens(of: edit.from, .applied))
                writer.append(",\"path\":")
            } else {
                writer.append("\",\"path\":")
            }
            writer.append(pointer: difference.tokens(of: edit.path, .applied))
            if edit.kind != .add {
                writer.append(",\"oldPath\":")
                writer.append(pointer: difference.oldTokens(edit))
            }
            if edit.kind != .remove {
                writer.append(",\"newPath\":")
                writer.append(pointer: difference.newTokens(edit))
            }
            if !edit.old.isEmpty {
                writer.append(",\"old\":")
                writer.append(value: difference.oldBytes(edit))
            }
            if !edit.new.isEmpty {
                writer.append(",\"new\":")
                writer.append(value: difference.newBytes(edit))
            }
            writer.append("}")
            output.append(writer.bytes)
            try output.pass()
        }
        output.append(difference.isEmpty ? "]}\n" : "\n]}\n")
    }
}
