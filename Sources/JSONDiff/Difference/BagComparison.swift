extension DifferenceBuilder {
    /// Compares arrays whose order is of no meaning: elements are equal, or known by the same value of a member, or else removed
    /// and added; what is added stands at the end.
    mutating func compareBags(
        _ left: ComparedText.Value, _ right: ComparedText.Value, _ node: Int32, _ path: UInt64, isSet: Bool,
        _ key: String?, _ steps: inout [Task]
    ) {
        let elements = old.elements(of: left, path: path), others = new.elements(of: right, path: path)
        var pairing = BagPairing(elements, others, isSet: isSet)
        if let key {
            pairing.pairRest {
                old.member(key, of: elements[$0].value)
            } others: {
                new.member(key, of: others[$0].value)
            }
        }
        var removed = 0
        for element in elements where !element.isIgnored {
            let other = pairing.other[element.index]
            let step = PathTree.Step.index(
                UInt32(element.index - removed), old: UInt32(element.index),
                new: other < 0 ? PathTree.absent : UInt32(other))
            if other < 0 {
                steps.append(.edit(Edit(kind: .remove, path: paths.add(step, to: node), old: element.value.range)))
                removed += 1
            } else if element.hash != others[other].hash {
                let node = paths.add(step, to: node)
                steps.append(.compare(element.value, others[other].value, node: node, path: element.path))
            }
        }
        var length = elements.count - removed
        for other in others where !other.isIgnored && !pairing.isTaken[other.index] {
            let step = PathTree.Step.index(UInt32(length), old: PathTree.absent, new: UInt32(other.index))
            steps.append(.edit(Edit(kind: .add, path: paths.add(step, to: node), new: other.value.range)))
            length += 1
        }
    }
}

/// Which elements of two arrays without order belong to each other.
private struct BagPairing {
    /// By the index of an old element, that of the new one; -1: there is none.
    private(set) var other: [Int]
    /// By the index of a new element, whether an old one belongs to it.
    private(set) var isTaken: [Bool]

    /// Pairs equal elements: each with one, or, in sets, all with all.
    init(_ elements: [ComparedText.Child], _ others: [ComparedText.Child], isSet: Bool) {
        other = [Int](repeating: -1, count: elements.count)
        isTaken = [Bool](repeating: false, count: others.count)
        var places: [UInt64: [Int]] = [:]
        for element in others.reversed() where !element.isIgnored {
            places[element.hash, default: []].append(element.index)
        }
        for element in elements where !element.isIgnored {
            if isSet {
                guard let all = places[element.hash], let first = all.last else { continue }
                other[element.index] = first
                for place in all { isTaken[place] = true }
            } else if let place = places[element.hash]?.popLast() {
                other[element.index] = place
                isTaken[place] = true
            }
        }
        guard isSet else { return }
        // One of those that are equal is added.
        for all in places.values where all.last.map({ !isTaken[$0] }) ?? false {
            for place in all.dropLast() { isTaken[place] = true }
        }
    }

    /// Pairs those that are left and have equal names; nil: it has none.
    mutating func pairRest(_ name: (Int) -> UInt64?, others otherName: (Int) -> UInt64?) {
        var known: [UInt64: [Int]] = [:]
        for index in isTaken.indices.reversed() where !isTaken[index] {
            if let name = otherName(index) { known[name, default: []].append(index) }
        }
        for index in other.indices where other[index] < 0 {
            guard let name = name(index), let place = known[name]?.popLast() else { continue }
            other[index] = place
            isTaken[place] = true
        }
    }
}
