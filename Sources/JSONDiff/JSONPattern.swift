/// A JSON Pointer (RFC 6901) in which a segment `*` stands for any key or index, and `**` for any number of them.
public struct JSONPattern: Sendable, Equatable, CustomStringConvertible {
    enum Segment: Sendable, Equatable {
        case name(String)
        case any
        case anyDepth
    }

    let segments: [Segment]
    /// As it was given.
    public let description: String

    /// Reads a pattern: empty, or `/` before each segment; `~0` is `~`, `~1` is `/`, `~2` is `*` as a name. nil: it is none.
    public init?(_ text: String) {
        guard let parts = JSONPointer.parts(text) else { return nil }
        var segments: [Segment] = []
        for part in parts {
            switch part {
            case "*": segments.append(.any)
            case "**": segments.append(.anyDepth)
            default:
                guard let name = JSONPointer.unescaped(part, star: true) else { return nil }
                segments.append(.name(name))
            }
        }
        self.segments = segments
        description = text
    }
}

/// Patterns, followed from the root down: the state is the set of places in them that a path has come to, a bit for each.
struct PatternSet: Sendable {
    /// The segments of all patterns, one pattern after the other; nil behind each one's last.
    private let segments: [JSONPattern.Segment?]
    /// The bits behind the last segments, by pattern.
    private let ends: [UInt64]
    /// The state of the root.
    let root: UInt64

    /// The most segments of all patterns, with one more for each pattern.
    static let maximumSegments = 64

    /// nil: there are too many segments.
    init?(_ patterns: [JSONPattern]) {
        var segments: [JSONPattern.Segment?] = []
        var ends: [UInt64] = []
        var first: UInt64 = 0
        for pattern in patterns {
            guard segments.count + pattern.segments.count < Self.maximumSegments else { return nil }
            first |= 1 << UInt64(segments.count)
            segments += pattern.segments.map(Optional.some) + [nil]
            ends.append(1 << UInt64(segments.count - 1))
        }
        self.segments = segments
        self.ends = ends
        root = Self.closed(first, segments)
    }

    /// The state with what `**` allows to be passed over.
    private static func closed(_ state: UInt64, _ segments: [JSONPattern.Segment?]) -> UInt64 {
        var state = state
        for index in segments.indices where state & 1 << UInt64(index) != 0 && segments[index] == .anyDepth {
            state |= 1 << UInt64(index + 1)
        }
        return state
    }

    /// The state one level down.
    ///
    /// - Parameter matches: Whether a name is that of the member or the index.
    func advanced(_ state: UInt64, matches: (String) -> Bool) -> UInt64 {
        var left = state, next: UInt64 = 0
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left - 1
            switch segments[index] {
            case .anyDepth?: next |= 1 << UInt64(index)
            case .any?: next |= 1 << UInt64(index + 1)
            case .name(let name)? where matches(name): next |= 1 << UInt64(index + 1)
            case .name?, nil: break
            }
        }
        return next == 0 ? 0 : Self.closed(next, segments)
    }

    /// The first pattern that a state has come to the end of.
    func matched(_ state: UInt64) -> Int? {
        state == 0 ? nil : ends.firstIndex { state & $0 != 0 }
    }
}
