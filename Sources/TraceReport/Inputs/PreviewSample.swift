import TraceLog

/// What large logs say as far as it can be told by some places in them, a moment after it was asked.
///
/// The first sample is of 64 MiB in 64 places. Of finished spans that is a share, and they are taken for as many more as the logs
/// have; counters since the program's start are what they are. What is lost or damaged is not told: between the places everything is
/// missing. Not for several threads at once.
package struct PreviewSample: Sendable {
    private let paths: [String]
    private let total: UInt64
    private let places: PreviewPlaces
    private var analyser: LogAnalyser
    private var rounds = 0
    /// How many bytes were looked at.
    package private(set) var bytes: UInt64 = 0
    /// In how many places.
    package private(set) var placeCount = 0
    /// The most that a function's share of the self time differs between two halves of the sample, of which every second place is
    /// in one; of a sample that was added to, between what was added and what was there.
    package private(set) var difference = 0.0

    /// Prepares to look; nil: a log is none that can be looked at in places, or they are small.
    ///
    /// - Parameters:
    ///   - inputs: The logs.
    ///   - symbolSource: Knows more of the code that samples were taken in than the logs do.
    package init?(_ inputs: [LogInput], symbolSource: (any SymbolSource)? = nil) {
        var sizes: [UInt64] = []
        for input in inputs {
            guard case .file(let path) = input, let kind = FileKind(path), kind.isRegular else { return nil }
            sizes.append(kind.bytes)
        }
        guard let places = PreviewPlaces(sizes), !inputs.contains(where: \.isReadWhole) else { return nil }
        self.places = places
        paths = inputs.map(\.name)
        total = sizes.reduce(0, +)
        analyser = LogAnalyser(symbolSource: symbolSource)
        for path in paths { _ = analyser.beginInput(path) }
    }

    /// The share of the logs that was looked at.
    package var share: Double { total > 0 ? Double(bytes) / Double(total) : 0 }

    /// Looks at the next places; false: there are none. Takes some hundredths of a second for logs in memory.
    ///
    /// - Parameter threads: How many processors look, 1 or 2.
    package mutating func read(threads: Int) throws(LogReadError) -> Bool {
        guard let round = places.round(rounds) else { return false }
        rounds += 1
        // Of two samples, each of which is spread over everything.
        let halves = rounds == 1 ? [Self.half(round, 0), Self.half(round, 1)] : [round]
        let (empty, paths) = (analyser.model.empty(), paths)
        let read: @Sendable (Int) -> Result<LogModel, LogReadError> = { half in
            Result { () throws(LogReadError) in try Self.model(of: halves[half], paths, into: empty) }
        }
        let results = threads > 1 ? concurrently(halves.count, read) : halves.indices.map(read)
        var models = try results.map { result throws(LogReadError) in try result.get() }
        if rounds > 1 { models.insert(analyser.model, at: 0) }
        take(models[0], models[1])
        bytes = analyser.model.inputs.reduce(0) { $0 + $1.bytes }
        placeCount += round.count
        return true
    }

    /// Returns an analyser that has read as much as the logs have, as far as the sample tells; its report's numbers are estimates.
    package func estimate() -> LogAnalyser {
        var whole = analyser
        if share > 0 { whole.model.scaleSpans(by: 1 / share) }
        return whole
    }

    private mutating func take(_ first: LogModel, _ second: LogModel) {
        analyser.model = first
        // In a log that has every line twice, some are in both: they count once.
        if !first.overlaps(second) { analyser.model.merge(second) }
        let (mine, theirs) = (shares(of: first), shares(of: second))
        difference = Set(mine.keys).union(theirs.keys).reduce(0) { most, name in
            max(most, abs((mine[name] ?? 0) - (theirs[name] ?? 0)))
        }
    }

    /// A function, by the numbers that one session gives it: which stand in one of the places.
    private struct FunctionNumber: Hashable {
        let session: UInt64
        let number: UInt64
        let isCallsite: Bool
    }

    private func shares(of model: LogModel) -> [FunctionNumber: Double] {
        var selfTimes: [FunctionNumber: Double] = [:]
        for session in model.sessions {
            let named = analyser.model.sessions.first { $0.tag == session.tag }
            for (id, path) in session.paths {
                let callsite = named?.paths[id]?.node?.callsite
                let number = FunctionNumber(
                    session: session.tag, number: callsite ?? id, isCallsite: callsite != nil)
                selfTimes[number, default: 0] += Double(path.counters.selfNanoseconds)
            }
        }
        let sum = selfTimes.values.reduce(0, +)
        return sum > 0 ? selfTimes.mapValues { $0 / sum } : [:]
    }

    private static func half(_ places: [PreviewPlaces.Place], _ which: Int) -> [PreviewPlaces.Place] {
        places.enumerated().filter { $0.offset % 2 == which }.map(\.element)
    }

    private static func model(
        of places: [PreviewPlaces.Place], _ paths: [String], into empty: LogModel
    ) throws(LogReadError) -> LogModel {
        var model = empty
        for place in places {
            var reader = PartReader(model: consume model, input: place.log)
            var source = DescriptorSource(
                try LogFile(path: paths[place.log]), from: LineBlocks.firstByte(of: place.range))
            try reader.read(&source, place.range, at: place.range.start)
            model = reader.model
        }
        return model
    }
}
