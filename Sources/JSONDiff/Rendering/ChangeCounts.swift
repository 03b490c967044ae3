/// How many changes there are of each kind.
struct ChangeCounts {
    private(set) var added = 0
    private(set) var removed = 0
    private(set) var replaced = 0
    private(set) var moved = 0

    var all: Int { added + removed + replaced + moved }

    init() {}

    init(_ difference: JSONDifference) {
        for edit in difference.edits { add(edit.kind) }
    }

    mutating func add(_ kind: Edit.Kind) {
        switch kind {
        case .add: added += 1
        case .remove: removed += 1
        case .replace: replaced += 1
        case .move: moved += 1
        }
    }

    /// `7 changes: 3 added, 1 removed, 3 replaced`.
    func sentence(isCutOff: Bool) -> String {
        let parts = [(added, "added"), (removed, "removed"), (replaced, "replaced"), (moved, "moved")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let count = all == 0 ? "No changes" : all == 1 ? "1 change" : "\(all) changes"
        return count + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
            + (isCutOff ? "; there may be more" : "") + "."
    }
}

extension JSONDifference {
    /// The bytes of an edit's value in the old text; empty where there is none.
    func oldBytes(_ edit: Edit) -> UnsafeBufferPointer<UInt8> {
        old.text.bytes(Int(edit.old.lowerBound)..<Int(edit.old.upperBound))
    }

    /// The bytes of an edit's value in the new text; empty where there is none.
    func newBytes(_ edit: Edit) -> UnsafeBufferPointer<UInt8> {
        new.text.bytes(Int(edit.new.lowerBound)..<Int(edit.new.upperBound))
    }

    /// Where a value is in the old document, of an edit that is no addition.
    func oldTokens(_ edit: Edit) -> [[UInt8]] { tokens(of: edit.from < 0 ? edit.path : edit.from, .old) }

    /// Where a value is in the new document, of an edit that is no removal.
    func newTokens(_ edit: Edit) -> [[UInt8]] { tokens(of: edit.path, .new) }
}
