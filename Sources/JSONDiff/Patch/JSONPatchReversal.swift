extension JSONPatch {
    /// The document with the patch taken back.
    ///
    /// A removal or replacement needs a test before it that names the old value, as ``init(_:tests:)`` writes them. What was added is
    /// tested before it is removed. Cost: as ``applied(to:)``.
    ///
    /// - Throws: ``JSONPatchError``: an operation does not say what was there, or the document is not what the patch leads to.
    public func reverted(on document: JSONDocument) throws(JSONPatchError) -> [UInt8] {
        var tree = PatchedTree(document)
        var index = operations.count - 1
        while index >= 0 {
            let operation = operations[index]
            let test = index > 0 ? operations[index - 1] : nil
            let (steps, usesTest) = try Self.reversed(operation, after: test, index)
            for step in steps { try tree.apply(step, index) }
            index -= usesTest ? 2 : 1
        }
        return tree.bytes
    }

    /// What takes an operation back, and whether the test before it is part of that.
    private static func reversed(
        _ operation: Operation, after before: Operation?, _ index: Int
    ) throws(JSONPatchError) -> ([Operation], Bool) {
        func make(_ action: Action, _ path: [[UInt8]], from: [[UInt8]] = [], _ value: JSONValue? = nil) -> Operation {
            Operation(action: action, path: path, from: from, value: value)
        }
        let place = operation.action == .move ? operation.from : operation.path
        let test = before.flatMap { $0.action == .test && $0.path == place ? $0 : nil }
        switch operation.action {
        case .test: return ([operation], false)
        case .remove, .replace:
            guard let test else {
                throw JSONPatchError(
                    index,
                    "it cannot be taken back: no test before it says what was there; write patches with --test")
            }
            if operation.action == .remove { return ([make(.add, operation.path, test.value)], true) }
            return ([make(.test, operation.path, operation.value), make(.replace, operation.path, test.value)], true)
        case .add, .copy:
            guard let last = operation.path.last, last != [UInt8(ascii: "-")], test == nil else {
                throw JSONPatchError(
                    index, "it cannot be taken back: the patch does not say whether it adds or replaces, or where")
            }
            let check = operation.action == .add ? [make(.test, operation.path, operation.value)] : []
            return (check + [make(.remove, operation.path)], false)
        case .move:
            if operation.path.last == [UInt8(ascii: "-")] {
                throw JSONPatchError(index, "it cannot be taken back: '-' does not say where the value went")
            }
            let check = test.map { [make(.test, operation.path, $0.value)] } ?? []
            return (check + [make(.move, operation.from, from: operation.path)], test != nil)
        }
    }
}
