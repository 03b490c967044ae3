extension DifferenceBuilder {
    /// Compares arrays element by element: runs of equal ones by ``SequenceComparison``, moved ones, and between the runs elements
    /// that are alike, whose differences are looked for in them.
    mutating func compareLists(
        _ left: ComparedText.Value, _ right: ComparedText.Value, _ node: Int32, _ path: UInt64, _ steps: inout [Task]
    ) {
        let before = old.elementList(of: left, path: path), after = new.elementList(of: right, path: path)
        var plan = ListPlan(before.hashes, after.hashes)
        plan.forEachGap { removed, added in
            alikePairs(before, removed, after, added, path)
        }
        let parent = node
        plan.forEachStep { step in
            switch step {
            case .remove(let index, let place):
                let step = PathTree.Step.index(UInt32(place), old: UInt32(index), new: PathTree.absent)
                let edit = Edit(
                    kind: .remove, path: paths.add(step, to: parent), old: old.value(at: before.starts[index]).range)
                steps.append(.edit(edit))
            case .add(let index, let place):
                let step = PathTree.Step.index(UInt32(place), old: PathTree.absent, new: UInt32(index))
                let edit = Edit(
                    kind: .add, path: paths.add(step, to: parent), new: new.value(at: after.starts[index]).range)
                steps.append(.edit(edit))
            case .move(let index, let from, let other, let place):
                let source = PathTree.Step.index(UInt32(from), old: UInt32(index), new: UInt32(other))
                let target = PathTree.Step.index(UInt32(place), old: UInt32(index), new: UInt32(other))
                let edit = Edit(
                    kind: .move, path: paths.add(target, to: parent), from: paths.add(source, to: parent),
                    old: old.value(at: before.starts[index]).range, new: new.value(at: after.starts[other]).range)
                steps.append(.edit(edit))
            case .compare(let index, let other, let place):
                let step = PathTree.Step.index(UInt32(place), old: UInt32(index), new: UInt32(other))
                steps.append(
                    .compare(
                        old.value(at: before.starts[index]), new.value(at: after.starts[other]),
                        node: paths.add(step, to: parent), path: old.elementPath(path, index)))
            }
        }
    }
}
