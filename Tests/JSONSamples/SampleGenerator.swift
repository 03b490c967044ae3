import SeededRandom

/// Random JSON values, changes of them and spellings of them, that a seed repeats.
package struct SampleGenerator: RandomNumberGenerator {
    private var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// A number under a limit.
    package mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// True once in so many times.
    package mutating func once(in times: Int) -> Bool { below(times) == 0 }

    // Values.

    /// A value with at most so many levels of containers.
    package mutating func sample(depth: Int = 4) -> Sample {
        guard depth > 0, !once(in: 3) else { return scalar() }
        switch below(5) {
        case 0: return .array((0..<below(7)).map { _ in sample(depth: depth - 1) })
        case 1:
            let alphabet = (0..<1 + below(4)).map { _ in sample(depth: depth - 1) }
            return .array((0..<below(30)).map { _ in alphabet[below(alphabet.count)] })
        case 2: return .array(records())
        default: return object(depth: depth)
        }
    }

    /// A container, or seldom another value, of at most 500 values.
    package mutating func document() -> Sample {
        while true {
            let sample = sample()
            guard sample.count <= 500 else { continue }
            switch sample {
            case .array, .object: return sample
            default: if once(in: 10) { return sample }
            }
        }
    }

    private mutating func object(depth: Int) -> Sample {
        var members: [Sample.Member] = []
        for _ in 0..<below(8) {
            let key = key()
            if !members.contains(where: { $0.key == key }) {
                members.append(Sample.Member(key: key, value: sample(depth: depth - 1)))
            }
        }
        return .object(members)
    }

    /// Objects with the same members, one of which tells them apart.
    private mutating func records() -> [Sample] {
        let count = once(in: 8) ? 66 + below(8) : below(12)
        return (0..<count).map { index in
            .object([
                Sample.Member(key: Array("id".utf16), value: .number("\(index)")),
                Sample.Member(key: Array("name".utf16), value: scalar()),
                Sample.Member(key: Array("tags".utf16), value: .array((0..<below(3)).map { _ in scalar() })),
                Sample.Member(key: Array("i".utf16), value: scalar()),
            ])
        }
    }

    private mutating func key() -> [UInt16] {
        let names = [
            "a", "b", "c", "id", "name", "i", "k", "", "a/b", "m~n", "~1", "0", "1", "-", "é", "e\u{301}", "😀", "a key",
            "q\"q", "back\\slash", "\u{1}", "*", "**",
        ]
        return once(in: 12) ? string() : Array(names[below(names.count)].utf16)
    }

    private mutating func string() -> [UInt16] {
        let pieces: [[UInt16]] = [
            [0x61], [0x62, 0x63], [0x22], [0x5C], [0x2F], [0x7E], [0x0A], [0x01], [0xE9], [0x65, 0x301], [0x20AC],
            [0xD83D, 0xDE00], [0xD800], [0xDFFF], [0xFFFD], [0], [0x7F], [0x2028], Array("a longer part of it ".utf16),
        ]
        return (0..<below(5)).flatMap { _ in pieces[below(pieces.count)] }
    }

    private mutating func scalar() -> Sample {
        let numbers = [
            "0", "-0", "0.0", "1", "1.0", "1e0", "10E-1", "2", "-1", "9007199254740992", "9007199254740993", "1e400",
            "1E+400", "0.1", "0.10000000000000000000000000000000001", "123456789012345678901234567890", "1.5e-7",
            "100", "1e2",
        ]
        switch below(8) {
        case 0: return .null
        case 1: return .bool(once(in: 2))
        case 2, 3, 4: return .number(once(in: 2) ? numbers[below(numbers.count)] : "\(below(1000))")
        default: return .string(string())
        }
    }

    // Changes.

    /// The value with a few changes at random places.
    package mutating func changed(_ sample: Sample) -> Sample {
        var result = sample
        for _ in 0..<below(6) {
            // Parts are taken from all of it, so that values move and are copied to other containers.
            var parts: [Sample] = []
            Self.collect(result, &parts)
            let part = parts[below(parts.count)]
            var place = below(result.count)
            result = changed(result, &place, part)
        }
        return result
    }

    private static func collect(_ sample: Sample, _ parts: inout [Sample]) {
        parts.append(sample)
        switch sample {
        case .array(let elements): for element in elements { collect(element, &parts) }
        case .object(let members): for member in members { collect(member.value, &parts) }
        default: break
        }
    }

    private mutating func changed(_ sample: Sample, _ place: inout Int, _ part: Sample) -> Sample {
        if place == 0 {
            place -= 1
            return changedHere(sample, part)
        }
        place -= 1
        switch sample {
        case .array(var elements):
            for index in elements.indices where place >= 0 { elements[index] = changed(elements[index], &place, part) }
            return .array(elements)
        case .object(var members):
            for index in members.indices where place >= 0 {
                members[index].value = changed(members[index].value, &place, part)
            }
            return .object(members)
        default: return sample
        }
    }

    private mutating func changedHere(_ sample: Sample, _ part: Sample) -> Sample {
        switch sample {
        case .array(let elements) where !once(in: 8): return .array(changed(elements, part))
        case .object(let members) where !once(in: 8): return .object(changed(members, part))
        default: return once(in: 4) && part.count < 40 ? part : scalar()
        }
    }

    private mutating func changed(_ elements: [Sample], _ part: Sample) -> [Sample] {
        var elements = elements
        let place = below(elements.count + 1)
        guard place < elements.count, !once(in: 4) else {
            elements.insert(part.count < 40 ? part : scalar(), at: place)
            return elements
        }
        switch below(6) {
        case 0: elements.remove(at: place)
        case 1: elements.insert(elements[place], at: below(elements.count + 1))
        case 2: elements.swapAt(place, below(elements.count))
        case 3:
            // A run that moves.
            let run = place..<min(elements.count, place + 1 + below(4))
            let moved = Array(elements[run])
            elements.removeSubrange(run)
            elements.insert(contentsOf: moved, at: below(elements.count + 1))
        case 4: elements.reverse()
        default: elements[place] = sample(depth: 1)
        }
        return elements
    }

    private mutating func changed(_ members: [Sample.Member], _ part: Sample) -> [Sample.Member] {
        var members = members
        let key = key()
        let isNew = !members.contains { $0.key == key }
        let place = below(members.count + 1)
        guard place < members.count, !once(in: 4) else {
            if isNew { members.insert(Sample.Member(key: key, value: part.count < 40 ? part : scalar()), at: place) }
            return members
        }
        switch below(4) {
        case 0: members.remove(at: place)
        case 1: if isNew { members[place].key = key }
        case 2: members.shuffle(using: &self)
        default: members[place].value = sample(depth: 1)
        }
        return members
    }

    // Spellings.

    /// A text of a value, with white space and escapes as it happens.
    package mutating func text(_ sample: Sample) -> [UInt8] {
        var writer = SampleWriter(hasSpaces: once(in: 2), hasEscapes: once(in: 2))
        writer.append(sample, &self)
        return writer.bytes
    }
}

private struct SampleWriter {
    let hasSpaces: Bool
    let hasEscapes: Bool
    var bytes: [UInt8] = []

    init(hasSpaces: Bool, hasEscapes: Bool) { (self.hasSpaces, self.hasEscapes) = (hasSpaces, hasEscapes) }

    mutating func append(_ sample: Sample, _ generator: inout SampleGenerator) {
        space(&generator)
        switch sample {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let spelling): bytes += spelling.utf8
        case .string(let units): append(units, &generator)
        case .array(let elements):
            bytes += "[".utf8
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes += ",".utf8 }
                append(element, &generator)
            }
            space(&generator)
            bytes += "]".utf8
        case .object(let members):
            bytes += "{".utf8
            for (index, member) in members.enumerated() {
                if index > 0 { bytes += ",".utf8 }
                space(&generator)
                append(member.key, &generator)
                space(&generator)
                bytes += ":".utf8
                append(member.value, &generator)
            }
            space(&generator)
            bytes += "}".utf8
        }
        space(&generator)
    }

    private mutating func space(_ generator: inout SampleGenerator) {
        guard hasSpaces, generator.once(in: 3) else { return }
        bytes += [" ", "\n", "\t", "\r\n", "  "][generator.below(5)].utf8
    }

    private mutating func append(_ units: [UInt16], _ generator: inout SampleGenerator) {
        bytes += "\"".utf8
        var index = 0
        while index < units.count {
            let unit = units[index]
            let isPair =
                unit & 0xFC00 == 0xD800 && index + 1 < units.count && units[index + 1] & 0xFC00 == 0xDC00
            if isPair, !(hasEscapes && generator.once(in: 2)) {
                bytes += String(decoding: units[index...index + 1], as: UTF16.self).utf8
                index += 2
                continue
            }
            if isPair {
                escape(unit, &generator)
                escape(units[index + 1], &generator)
                index += 2
                continue
            }
            index += 1
            let isSurrogate = unit & 0xF800 == 0xD800
            if unit < 0x20 || unit == 0x22 || unit == 0x5C || isSurrogate || (hasEscapes && generator.once(in: 3)) {
                escape(unit, &generator)
            } else {
                bytes += String(decoding: [unit], as: UTF16.self).utf8
            }
        }
        bytes += "\"".utf8
    }

    private mutating func escape(_ unit: UInt16, _ generator: inout SampleGenerator) {
        let short: [UInt16: String] = [
            0x22: "\\\"", 0x5C: "\\\\", 0x2F: "\\/", 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r",
        ]
        if let spelling = short[unit], generator.once(in: 2) {
            bytes += spelling.utf8
            return
        }
        let digits = String(unit, radix: 16, uppercase: generator.once(in: 2))
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
    }
}
