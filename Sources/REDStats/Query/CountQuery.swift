import WallClock

/// A question: how many pictures came in an interval, and how many of them were redder than a value.
package struct CountQuery: Sendable, Equatable {
    /// From this moment on.
    package let from: Timestamp
    /// Before this moment.
    package let to: Timestamp
    /// Strictly more red than so much, in parts per million.
    package let above: Int
    /// Whose pictures; nil: everybody's.
    package let client: String?
    /// Into what intervals the answer is split; nil: not at all.
    package let step: CountStep?

    /// An answer has at most so many intervals.
    package static let mostBuckets = 10_000

    /// When the intervals of the answer begin, and, at last, where the last one ends.
    let boundaries: [Int64]

    /// A question.
    ///
    /// - Parameters:
    ///   - from: From this moment on, 1970 or later.
    ///   - to: Before this moment, which is a millisecond or more later, and not after the year 9999.
    ///   - above: 0…1,000,000.
    ///   - client: Whose pictures; nil: everybody's.
    ///   - step: Into what intervals the answer is split; nil: not at all.
    /// - Throws: ``CountMistake``.
    package init(
        from: Timestamp, to: Timestamp, above: Int, client: String? = nil, step: CountStep? = nil
    ) throws(CountMistake) {
        guard from < to else { throw CountMistake(parameter: "to", detail: "it is not after 'from'") }
        guard from.milliseconds >= 0 else { throw CountMistake(parameter: "from", detail: "it is before 1970") }
        guard to.milliseconds <= 253_402_300_800_000 else {
            throw CountMistake(parameter: "to", detail: "it is after 9999")
        }
        guard (0...1_000_000).contains(above) else {
            throw CountMistake(parameter: "above", detail: "\(above) is not in 0…1000000 parts per million")
        }
        var boundaries = [from.milliseconds]
        if let step {
            var next = step.next(after: from.milliseconds)
            while next < to.milliseconds {
                guard boundaries.count < Self.mostBuckets else {
                    throw CountMistake(
                        parameter: "step",
                        detail: "there would be more than \(Self.mostBuckets) intervals; ask for longer ones")
                }
                boundaries.append(next)
                next = step.next(after: next)
            }
        }
        self.from = from
        self.to = to
        self.above = above
        self.client = client
        self.step = step
        self.boundaries = boundaries + [to.milliseconds]
    }
}

/// A question that cannot be asked.
package struct CountMistake: Error, Sendable, Equatable, CustomStringConvertible {
    /// The parameter that is wrong.
    package let parameter: String
    /// What is wrong with it.
    package let detail: String

    /// The parameter, and what is wrong with it.
    package var description: String { "'\(parameter)': \(detail)" }
}

/// The answer to a ``CountQuery``: exact, and of one moment.
package struct CountResult: Sendable, Equatable {
    /// What came in one interval.
    package struct Bucket: Sendable, Equatable {
        /// When it begins.
        package let from: Timestamp
        /// How many pictures.
        package var images: Int
        /// How many of them above the value asked for.
        package var imagesAbove: Int

        package init(from: Timestamp, images: Int, imagesAbove: Int) {
            self.from = from
            self.images = images
            self.imagesAbove = imagesAbove
        }
    }

    /// How many pictures.
    package var images: Int
    /// How many of them above the value asked for.
    package var imagesAbove: Int
    /// The intervals in order, those without pictures, too; one where no step was asked for.
    package var buckets: [Bucket]

    package init(images: Int, imagesAbove: Int, buckets: [Bucket]) {
        self.images = images
        self.imagesAbove = imagesAbove
        self.buckets = buckets
    }
}
