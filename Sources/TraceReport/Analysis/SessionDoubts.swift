import TraceLog

/// A session that a text in a log may have invented.
public struct SessionDoubt: Sendable, Equatable {
    /// The session's tag.
    public var session: UInt64
    /// The tag of the one among whose lines its own stand.
    public var beside: UInt64
    /// What speaks against it.
    public var reason: Reason

    /// What speaks against a session.
    public enum Reason: String, Sendable {
        /// Both say that they are the same process, at the same time.
        case sameProcess
        /// Its lines were written by the process of the other, as syslog or journald state.
        case otherWriter
        /// It has neither the host nor the program and build of the other, and no collector tells their lines apart.
        case stranger
    }
}

/// Finds sessions that cannot be what they say, or are unlike those among whose lines they stand.
///
/// Nothing in a session is secret to who invents it, so this is no proof; a session that is like the others is not found. What is
/// found is named and stays in the report: two programs may share a log in ways that nobody thought of.
struct SessionDoubts {
    private typealias Announced = (session: SessionModel, announcement: SessionRecord)

    private let sessions: [Announced]
    /// Where each one's lines stand, by input.
    private var stretches: [Int: [(stretch: ClosedRange<UInt64>, index: Int)]] = [:]

    init(_ sessions: [SessionModel]) {
        self.sessions = sessions.compactMap { session in session.announcement.map { (session, $0) } }
        for (index, entry) in self.sessions.enumerated() {
            for (input, stretch) in entry.session.origin.stretches {
                stretches[input, default: []].append((stretch, index))
            }
        }
    }

    /// The sessions, in order of their tags, each with one reason.
    func found() -> [SessionDoubt] {
        sessions.indices.compactMap { index in
            guard let place = sessions[index].session.origin.announced else { return nil }
            for (stretch, other) in stretches[place.input] ?? [] where other != index {
                guard stretch.lowerBound < place.position, place.position < stretch.upperBound,
                    let reason = reason(sessions[index], sessions[other])
                else { continue }
                return SessionDoubt(
                    session: sessions[index].session.tag, beside: sessions[other].session.tag, reason: reason)
            }
            return nil
        }.sorted { $0.session < $1.session }
    }

    /// What speaks against a session that is announced among the lines of another.
    private func reason(_ mine: Announced, _ theirs: Announced) -> SessionDoubt.Reason? {
        guard let channel = mine.session.origin.channel, let theirChannel = theirs.session.origin.channel,
            channel.mayBe(theirChannel)
        else { return nil }
        let isOfSameHost = mine.announcement.host == theirs.announcement.host
        let isOfSameProgram =
            mine.announcement.program == theirs.announcement.program
            && mine.announcement.buildId == theirs.announcement.buildId
        if isOfSameHost, mine.announcement.pid == theirs.announcement.pid {
            return overlap(mine, theirs) ? .sameProcess : nil
        }
        // A process that was forked, or one whose output another takes over.
        if isOfSameHost, isOfSameProgram { return nil }
        if let writer = channel.pid, writer == theirChannel.pid, writer == theirs.announcement.pid,
            writer != mine.announcement.pid
        {
            return .otherWriter
        }
        return isOfSameHost || isOfSameProgram ? nil : .stranger
    }

    /// Whether both ran at the same time, as far as they say.
    private func overlap(_ mine: Announced, _ theirs: Announced) -> Bool {
        func end(_ session: SessionModel, _ start: UInt64) -> UInt64 {
            max(start, session.lastClock?.wallNanoseconds ?? start)
        }
        let (start, theirStart) = (mine.announcement.startWallNanoseconds, theirs.announcement.startWallNanoseconds)
        return start < end(theirs.session, theirStart) && theirStart < end(mine.session, start)
    }
}
