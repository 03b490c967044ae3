import TraceLog

/// The functions of all sessions, each once, numbered from 0 in the order they are first met.
struct FunctionTable {
    private(set) var places: [FunctionPlace] = []
    private var indexOfPlace: [FunctionPlace: Int] = [:]

    /// Returns a function's number.
    mutating func index(of place: FunctionPlace) -> Int {
        if let known = indexOfPlace[place] { return known }
        indexOfPlace[place] = places.count
        places.append(place)
        return places.count - 1
    }

    /// By function: its place in the order of names.
    var ranks: [Int] {
        var ranks = Array(repeating: 0, count: places.count)
        for (rank, function) in places.indices.sorted(by: { places[$0] < places[$1] }).enumerated() {
            ranks[function] = rank
        }
        return ranks
    }
}

extension SessionModel {
    /// Returns the function of a path; nil where no record names it.
    func knownPlace(ofPath id: UInt64) -> FunctionPlace? {
        guard let callsite = paths[id]?.node.flatMap({ callsites[$0.callsite] }) else { return nil }
        return FunctionPlace(
            name: callsite.name, function: callsite.function, file: callsite.file, line: callsite.line)
    }

    /// Returns the function of a path, or what stands for it where no record names it.
    func place(ofPath id: UInt64) -> FunctionPlace {
        knownPlace(ofPath: id) ?? FunctionPlace(name: FunctionTotals.nameOfUnnamed(path: id))
    }
}
