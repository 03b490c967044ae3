import Dispatch

/// Logs that are read as they grow, as by `tail -F`: files that are rotated, emptied, or not there yet, folders and patterns whose
/// files come and go, pipes.
///
/// A file is looked at by its size, never by what the system tells of changes: that works on network file systems, too. Memory
/// grows with the number of files, never with what is written to them. Not for several threads at once.
package struct FollowedLogs {
    /// What was done in a look at the logs.
    package enum Look: Sendable {
        case nothing
        case something
        /// There is more to read at once.
        case unfinished
    }

    /// Why a file is not read as it grows.
    package enum Obstacle: Sendable, Equatable {
        /// It is packed, and was not there at the beginning.
        case packed
        /// It stands in a folder, and is no text.
        case binary
        /// It cannot be read.
        case unreadable(LogReadError)
    }

    /// A file that is not read, or not there.
    package struct Note: Sendable, Equatable {
        /// Its path.
        package let path: String
        /// Why; nil: it is waited for.
        package let obstacle: Obstacle?
    }

    private let named: [String]
    private let rotated: Bool
    private let quietNanoseconds: UInt64
    private let listingNanoseconds: UInt64
    private var files: [FileIdentity: FollowedFile] = [:]
    /// In the order they were found: of a log that is rotated the older first.
    private var order: [FileIdentity] = []
    private var streams: [FollowedStream] = []
    private var inputOfPath: [String: Int] = [:]
    /// In how many listings nothing was found of what is named.
    private var missing: [String: Int] = [:]
    private var refused: [String: Obstacle] = [:]
    private var notes: [Note] = []
    private var lastListing: UInt64?

    /// How much of a file is read in one look: some tens of milliseconds' worth.
    private static let mostBytes: UInt64 = 128 << 20
    private static let mostStreamBytes = 4 << 20

    /// - Parameters:
    ///   - named: Files, folders, patterns; `-` is standard input.
    ///   - rotated: Whether what a log was rotated into before is read first.
    ///   - quietNanoseconds: For how long nothing must come of a file that has been renamed or deleted before it is let go: a program
    ///     goes on writing to it until it opens the new one.
    ///   - listingNanoseconds: How often files are looked for that are new or gone.
    package init(
        _ named: [String], rotated: Bool = false, quietNanoseconds: UInt64 = 10_000_000_000,
        listingNanoseconds: UInt64 = 500_000_000
    ) {
        self.named = named
        self.rotated = rotated
        self.quietNanoseconds = quietNanoseconds
        self.listingNanoseconds = listingNanoseconds
    }

    /// Whether nothing can come any more: there were nothing but pipes, and they have ended.
    package var hasEnded: Bool {
        streams.count == Set(named).count && streams.allSatisfy(\.hasEnded)
    }

    /// What poll(2) can wait for. Files are not among it.
    package var descriptors: [Int32] { streams.filter { !$0.hasEnded }.map(\.descriptor) }

    /// How many files are followed.
    package var count: Int { files.count + streams.count }

    /// Returns what is to be told, each thing once.
    package mutating func takeNotes() -> [Note] {
        defer { notes = [] }
        return notes
    }

    /// Finds the logs, and reads those whole that cannot be followed: packed ones, ring files.
    ///
    /// - Throws: ``LogReadError`` where one of these cannot be read, or standard input cannot be followed.
    package mutating func begin(_ analyser: inout LogAnalyser) throws(LogReadError) {
        for name in named {
            if name == "-" {
                let file = LogFile(progress: analyser.progress)
                streams.append(FollowedStream(file, name: name, input: analyser.beginInput(name)))
                continue
            }
            // What is not there yet is waited for.
            let found = (try? LogFiles.expand([name], rotated: rotated))?.inputs ?? []
            for input in found { try begin(input.name, isNamed: input.name == name, &analyser) }
        }
    }

    /// Reads what is new.
    package mutating func look(into analyser: inout LogAnalyser) throws(LogReadError) -> Look {
        let now = DispatchTime.now().uptimeNanoseconds
        if lastListing.map({ now - $0 >= listingNanoseconds }) ?? true { list(now, &analyser) }
        var look = Look.nothing
        for stream in streams where !stream.hasEnded {
            if try stream.read(into: &analyser, most: Self.mostStreamBytes) { look = .unfinished }
        }
        for identity in order {
            guard let file = files[identity] else { continue }
            switch read(file, identity, now, &analyser) {
            case .nothing: break
            case .something: look = look == .nothing ? .something : look
            // What comes behind it may be of the same session, and later.
            case .unfinished: return .unfinished
            }
        }
        return look
    }

    /// Reads what is left, lines that were being written too.
    ///
    /// - Throws: ``LogReadError`` where there was no log at all.
    package mutating func finish(into analyser: inout LogAnalyser) throws(LogReadError) {
        lastListing = nil
        while try look(into: &analyser) == .unfinished {}
        for identity in order { try files[identity]?.finish(into: &analyser) }
        for stream in streams { try stream.finish(into: &analyser) }
        guard inputOfPath.isEmpty, streams.isEmpty else { return }
        for case .unreadable(let error) in refused.values { throw error }
        throw LogReadError(name: missing.keys.min() ?? named.joined(separator: ", "), reason: "no log came")
    }

    private mutating func begin(
        _ path: String, isNamed: Bool, _ analyser: inout LogAnalyser
    ) throws(LogReadError) {
        guard let kind = FileKind(path) else { return }
        guard kind.isRegular else { return try addStream(path, &analyser) }
        guard files[kind.identity] == nil else { return }
        let isReadWhole = LogInput.file(path).isReadWhole
        if isReadWhole {
            inputOfPath[path] = analyser.model.inputs.count
            try analyser.read(.file(path))
        }
        let place = FollowedPaths.Place(path: path, kind: kind, isNamed: isNamed)
        add(place, isReadWhole ? .known : isNamed ? .log : .text, &analyser)
    }

    private mutating func addStream(_ path: String, _ analyser: inout LogAnalyser) throws(LogReadError) {
        guard inputOfPath[path] == nil else { return }
        let file = try LogFile(path: path, progress: analyser.progress, waits: false)
        let input = analyser.beginInput(path)
        inputOfPath[path] = input
        streams.append(FollowedStream(file, name: path, input: input))
    }

    /// Finds files that are new, and lets those go that have no name any more and are quiet.
    private mutating func list(_ now: UInt64, _ analyser: inout LogAnalyser) {
        lastListing = now
        let places = FollowedPaths(named).look()
        for place in places.found where place.kind.isRegular && files[place.kind.identity] == nil {
            add(place, place.isNamed ? .log : .text, &analyser)
        }
        let before = missing
        missing = [:]
        for path in places.missing {
            // While a log is rotated it is not there for a moment.
            missing[path] = (before[path] ?? 0) + 1
            if missing[path] == 2 { notes.append(Note(path: path, obstacle: nil)) }
        }
        let listed = Set(places.found.map(\.kind.identity))
        for identity in order where !listed.contains(identity) { letGo(identity, now, &analyser) }
    }

    private mutating func letGo(_ identity: FileIdentity, _ now: UInt64, _ analyser: inout LogAnalyser) {
        guard let file = files[identity], let since = file.quietSince, now - since >= quietNanoseconds else { return }
        do throws(LogReadError) { try file.finish(into: &analyser) } catch {
            refuse(file.path, .unreadable(error))
        }
        remove(identity)
    }

    private mutating func add(
        _ place: FollowedPaths.Place, _ way: FollowedFile.Way, _ analyser: inout LogAnalyser
    ) {
        do throws(LogReadError) {
            let file = try LogFile(path: place.path, progress: analyser.progress)
            // Between the look and the opening it may have been rotated: then the next look finds it.
            guard file.kind?.identity == place.kind.identity else { return }
            let input = inputOfPath[place.path] ?? analyser.beginInput(place.path)
            inputOfPath[place.path] = input
            files[place.kind.identity] = FollowedFile(
                file, path: place.path, input: input, way, progress: analyser.progress)
            order.append(place.kind.identity)
            refused[place.path] = nil
        } catch {
            refuse(place.path, .unreadable(error))
        }
    }

    private mutating func remove(_ identity: FileIdentity) {
        files[identity] = nil
        order.removeAll { $0 == identity }
    }

    private mutating func read(
        _ file: FollowedFile, _ identity: FileIdentity, _ now: UInt64, _ analyser: inout LogAnalyser
    ) -> Look {
        do throws(LogReadError) {
            let before = file.obstacle
            let isNew = try file.read(into: &analyser, most: Self.mostBytes, now: now)
            if let obstacle = file.obstacle, before == nil { refuse(file.path, obstacle) }
            guard isNew else { return .nothing }
            return file.hasMore ? .unfinished : .something
        } catch {
            // As after a network file system has lost it: the next listing opens it anew, and its records count once.
            refuse(file.path, .unreadable(error))
            remove(identity)
            return .nothing
        }
    }

    private mutating func refuse(_ path: String, _ obstacle: Obstacle) {
        guard refused[path] != obstacle else { return }
        refused[path] = obstacle
        notes.append(Note(path: path, obstacle: obstacle))
    }
}

extension LogAnalyser {
    /// Begins an input that is read stretch by stretch, and returns which it is.
    mutating func beginInput(_ name: String) -> Int {
        model.inputs.append(InputSummary(file: name))
        return model.inputs.count - 1
    }
}
