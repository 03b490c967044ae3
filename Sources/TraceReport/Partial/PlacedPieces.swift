extension LogPiece {
    /// Returns pieces with their sessions placed in inputs, of which `first` is the first one's number.
    ///
    /// Of a session, what one piece holds may be a part of what a later one does, as where a log was copied while it
    /// was written. The later one then stands in the place of the earlier, and records count where they came first.
    static func placed(_ pieces: [LogPiece], from first: Int) -> [LogPiece] {
        var pieces = pieces
        var places: [UInt64: [SessionPlace]] = [:]
        for piece in pieces.indices {
            for session in pieces[piece].sessions.indices {
                let placed = pieces[piece].sessions[session].placed(in: first + piece)
                pieces[piece].sessions[session] = placed
                places[placed.tag, default: []].append(SessionPlace(piece: piece, session: session))
            }
        }
        var dropped: [SessionPlace] = []
        for shared in places.values where shared.count > 1 {
            dropped += replaceContained(at: shared, in: &pieces, from: first)
        }
        // From the last on, so that the places of the others stay.
        for place in dropped.sorted(by: { $0.session > $1.session }) {
            pieces[place.piece].sessions.remove(at: place.session)
        }
        return pieces
    }

    private struct SessionPlace {
        var piece: Int
        var session: Int
    }

    /// Puts pieces of a session in the places of the first ones that they hold, those that hold most before others.
    /// Returns the places of those that are counted by then.
    private static func replaceContained(
        at places: [SessionPlace], in pieces: inout [LogPiece], from first: Int
    ) -> [SessionPlace] {
        let sets = places.map { pieces[$0.piece].sessions[$0.session].sequences }
        var done: Set<Int> = []
        var dropped: [SessionPlace] = []
        for last in sets.indices.sorted(by: { (sets[$1].distinct, $0) < (sets[$0].distinct, $1) })
        where !done.contains(last) {
            let contained = sets[..<last].indices.filter { !done.contains($0) && sets[last].isSuperset(of: sets[$0]) }
            guard !contained.isEmpty else { continue }
            let joined = contained + [last]
            done.formUnion(joined)
            join(joined.map { (places[$0], sets[$0]) }, in: &pieces, from: first)
            dropped += joined.dropFirst().map { places[$0] }
        }
        return dropped
    }

    /// Puts the last piece of a session in the place of the first, and counts the records of all where they came first.
    private static func join(
        _ places: [(place: SessionPlace, numbers: SequenceSet)], in pieces: inout [LogPiece], from first: Int
    ) {
        let sessions = places.map { pieces[$0.place.piece].sessions[$0.place.session] }
        guard let target = places.first?.place, let largest = sessions.last else { return }
        var came = SequenceSet()
        var records: [Int: UInt64] = [:]
        var origin = sessions[0].origin
        var left = largest.recordCount
        for (index, (place, numbers)) in places.enumerated() {
            let count = sessions[index].recordCount
            let added = numbers.subtracting(came)
            let counted = index == places.count - 1 ? min(count, left) : min(count, left, added.distinct)
            came.formUnion(added)
            origin.merge(sessions[index].origin)
            left -= counted
            records[first + place.piece, default: 0] += counted
            pieces[place.piece].input.duplicates += count - counted
        }
        pieces[target.piece].sessions[target.session] = largest.placed(
            in: first + target.piece, records: records, origin: origin)
    }
}
