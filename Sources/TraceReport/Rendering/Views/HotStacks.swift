import TraceLog

/// The stacks in which most samples of a span's own code ended.
struct HotStacks {
    /// Functions, outermost first, and what the thread waited for, with the samples that ended in the last one.
    struct Stack: Equatable {
        let frames: [SampleFrame]
        let samples: UInt64
    }

    /// The stacks, most samples first.
    let stacks: [Stack]

    private static let shownFrames = 12

    /// Finds at most `count` stacks of samples in which the span at `place` was the innermost one.
    init(_ tree: SampleTree, inside place: FunctionPlace, atMost count: Int) {
        var samples: [[Int]: UInt64] = [:]
        tree.forEachStack { frames, own in
            guard let span = frames.lastIndex(where: { tree.frames[$0].kind == .span }),
                tree.frames[frames[span]].isSpan(at: place)
            else { return }
            let code = Array(frames[(span + 1)...])
            samples[code] = saturatingSum(samples[code] ?? 0, own.all)
        }
        let found = samples.map { Stack(frames: $0.key.map { tree.frames[$0] }, samples: $0.value) }
        stacks = Array(found.filter { $0.frames.contains(where: \.isCode) }.sorted(by: Self.areInOrder).prefix(count))
    }

    /// Most samples first; equal ones by their frames, so that reports are repeatable.
    private static func areInOrder(_ left: Stack, _ right: Stack) -> Bool {
        if left.samples != right.samples { return left.samples > right.samples }
        let difference = zip(left.frames, right.frames).first { $0 != $1 }
        return difference.map { $0.precedes($1) } ?? (left.frames.count < right.frames.count)
    }

    /// A paragraph for each stack: its samples, then its functions, outermost first.
    func lines(in layout: TextLayout) -> [String] {
        stacks.flatMap { stack in
            let names = Self.names(stack.frames)
            let pieces = names.enumerated().map { $0.offset == names.count - 1 ? $0.element : $0.element + " ›" }
            let lines = TextLayout.flow(pieces, width: layout.width - 11, separator: " ")
            return lines.enumerated().map { index, line in
                let number = index == 0 ? Quantity.count(stack.samples) : ""
                return TextLayout.rightAligned(number, in: 9) + "  " + line
            }
        }
    }

    /// The names of a stack's frames; of a long stack its ends.
    private static func names(_ frames: [SampleFrame]) -> [String] {
        let names = frames.map { TextLayout.name($0.label, columns: 44) }
        let outer = 3
        guard names.count > shownFrames else { return names }
        let left = names.count - shownFrames
        return names.prefix(outer) + ["… \(left) more …"] + names.suffix(shownFrames - outer)
    }
}

extension SampleFrame {
    /// Whether it is the span of a place.
    fileprivate func isSpan(at place: FunctionPlace) -> Bool {
        kind == .span && FunctionPlace(name: name, function: function, file: file, line: line) == place
    }
}
