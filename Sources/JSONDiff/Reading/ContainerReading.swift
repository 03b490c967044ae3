// Containers: what is known of those that are open, and what they come to when they close.
extension DocumentReader {
    @inline(__always)
    mutating func open(
        isObject: Bool, at place: UInt32, _ path: UInt64, isNoted: Bool = true
    ) throws(JSONReadingError) {
        guard depth < maximumDepth else {
            throw failure("containers stand in each other more than \(maximumDepth) deep", at: place)
        }
        if depth == frameCapacity { growFrames() }
        let arrays = isObject ? .list : followsPaths ? followedArrays(path) : arraysAnywhere
        let frame = frames + depth
        // One by one: a frame as a whole would be copied from the stack.
        frame.pointee.isObject = isObject
        frame.pointee.arrays = arrays
        frame.pointee.start = place
        frame.pointee.container = isNoted ? containers?.open(at: place) ?? -1 : -1
        frame.pointee.firstMember = members.count
        frame.pointee.path = path
        frame.pointee.sum = 0
        frame.pointee.count = 0
        frame.pointee.index = 0
        frame.pointee.shape = 0
        depth &+= 1
    }

    @inline(never)
    mutating func followedArrays(_ path: UInt64) -> JSONOptions.Arrays { rules.arrays(path) }

    @inline(never)
    mutating func growFrames() {
        let larger = UnsafeMutablePointer<Frame>.allocate(capacity: frameCapacity * 2)
        larger.initialize(repeating: Frame(), count: frameCapacity * 2)
        larger.update(from: frames, count: depth)
        frames.deallocate()
        frames = larger
        frameCapacity *= 2
    }

    /// Reads a key and the colon; answers with where in the patterns its value is.
    @inline(__always)
    mutating func key() throws(JSONReadingError) -> UInt64 {
        // Nearly all are a quote, a quote and a colon.
        if let three = places.three, base[Int(three[0])] == UInt8(ascii: "\""),
            base[Int(three[1])] == UInt8(ascii: "\""),
            base[Int(three[2])] == UInt8(ascii: ":"), !normalizes
        {
            quotes = (three[0], three[1])
            places.skipThree()
            note(key: ValueHash.bytes(base + Int(quotes.open) + 1, Int(quotes.close &- quotes.open) &- 1, keys))
        } else {
            try unusualKey()
        }
        return followsPaths ? memberPath() : 0
    }

    @inline(__always)
    mutating func note(key hash: UInt64) {
        let frame = frames + (depth &- 1)
        frame.pointee.key = hash
        frame.pointee.shape = ValueHash.mix(frame.pointee.shape ^ hash, keys.pointee.member)
        members.push(hash)
    }

    @inline(never)
    mutating func unusualKey() throws(JSONReadingError) {
        let place = try places.advance()
        guard place != TokenPlaces.end, base[Int(place)] == UInt8(ascii: "\"") else { throw missingKey(at: place) }
        note(key: try string(place))
        let colon = try places.advance()
        guard colon != TokenPlaces.end, base[Int(colon)] == UInt8(ascii: ":") else {
            throw failure("a colon has to stand here, between a key and its value", at: colon)
        }
    }

    @inline(never)
    mutating func memberPath() -> UInt64 {
        let raw = UnsafeBufferPointer(rebasing: text[Int(quotes.open) + 1..<Int(quotes.close)])
        let frame = frames + (depth - 1)
        frame.pointee.memberPath = rules.patterns.advanced(frame.pointee.path) { name in
            StringContent.isEqual(raw, name)
        }
        return frame.pointee.memberPath
    }

    @inline(__always)
    mutating func elementPath() -> UInt64 { followsPaths ? followedElementPath() : 0 }

    @inline(never)
    mutating func followedElementPath() -> UInt64 {
        let frame = frames + (depth - 1)
        let index = frame.pointee.index
        frame.pointee.index += 1
        frame.pointee.memberPath = rules.patterns.advanced(frame.pointee.path) { $0 == String(index) }
        return frame.pointee.memberPath
    }

    /// Whether the member or element that was read is passed over.
    @inline(never)
    mutating func ignoresMember() -> Bool { rules.ignores(frames[depth - 1].memberPath) }

    @inline(__always)
    mutating func add(member hash: UInt64) {
        let frame = frames + (depth &- 1)
        if followsPaths, ignoresMember() { return }
        let pair = ValueHash.mix(frame.pointee.key ^ keys.pointee.member, hash ^ keys.pointee.object)
        if keepsMembers { members.setLast(pair: pair) }
        frame.pointee.sum &+= pair
        frame.pointee.count &+= 1
    }

    @inline(__always)
    mutating func add(element: UInt64) {
        let frame = frames + (depth &- 1)
        var hash = element
        if followsPaths, ignoresMember() {
            guard frame.pointee.arrays == .list else { return }
            hash = keys.pointee.tail
        }
        frame.pointee.count &+= 1
        switch frame.pointee.arrays {
        case .list: frame.pointee.sum = ValueHash.listed(frame.pointee.sum, hash, keys)
        case .multiset: frame.pointee.sum &+= ValueHash.mix(hash ^ keys.pointee.member, keys.pointee.array)
        case .set: members.push(hash)
        }
    }

    /// Closes the innermost container with the bracket at a place; answers with its hash.
    @inline(__always)
    mutating func close(_ place: UInt32) throws(JSONReadingError) -> UInt64 {
        depth &-= 1
        let frame = frames + depth
        let hash: UInt64
        if frame.pointee.isObject {
            if members.count &- frame.pointee.firstMember > 1, !shapes.contains(frame.pointee.shape) {
                try checkDuplicates(place)
            }
            hash = ValueHash.mix(frame.pointee.sum ^ keys.pointee.object, frame.pointee.count ^ keys.pointee.tail)
        } else {
            if frame.pointee.arrays == .set { sumSet() }
            hash = ValueHash.list(frame.pointee.sum, frame.pointee.count, keys)
        }
        members.truncate(to: frame.pointee.firstMember)
        if frame.pointee.container >= 0 { containers?.close(frame.pointee.container, end: place &+ 1, hash: hash) }
        return hash
    }

    /// Looks at the keys of the object that is being closed, whose frame is the first unused one.
    @inline(never)
    mutating func checkDuplicates(_ end: UInt32) throws(JSONReadingError) {
        let frame = frames + depth
        let first = frame.pointee.firstMember
        guard members.hasDuplicates(from: first) else { return shapes.insert(frame.pointee.shape) }
        var sum: UInt64 = 0, count: UInt64 = 0
        func add(_ member: MemberStack.Member) {
            sum &+= member.pair
            count += member.pair == 0 ? 0 : 1
        }
        switch rules.options.duplicates {
        case .error: throw duplicate(in: Int(frame.pointee.start)..<Int(end) + 1)
        case .first: _ = members.distinct(from: first, add)
        case .last: _ = members.distinctFromLast(from: first, add)
        }
        (frame.pointee.sum, frame.pointee.count) = (sum, count)
    }

    /// What the elements of the array that is being closed come to as a set.
    @inline(never)
    mutating func sumSet() {
        var sum: UInt64 = 0
        let keys = keys
        let count = members.distinct(from: frames[depth].firstMember) { element in
            sum &+= ValueHash.mix(element.key ^ keys.pointee.member, keys.pointee.array)
        }
        (frames[depth].sum, frames[depth].count) = (sum, UInt64(count))
    }
}
