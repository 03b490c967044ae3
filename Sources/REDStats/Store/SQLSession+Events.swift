import Hoofprint
import REDEvents
import WallClock

/// What became of an event.
enum EventOutcome: Sendable {
    case added, duplicate, expired
}

extension SQLSession {
    /// Counts events within a transaction; see ``StatsStore/add(_:)``.
    ///
    /// - Returns: What became of each.
    func add(_ events: [MeasuredEvent], makesAlerts: Bool) throws -> [EventOutcome] {
        try lockWriters()
        let kept = try horizons().events
        var outcomes = [EventOutcome](repeating: .duplicate, count: events.count)
        var candidates: [NumberedEvent] = []
        var places: [Int] = []
        var seen: Set<EventName> = []
        for (place, event) in events.enumerated() {
            if event.time.milliseconds < kept {
                outcomes[place] = .expired
                continue
            }
            let source = try names.number(event.source, .source, self)
            guard seen.insert(EventName(source: source, id: ExactText(event.id))).inserted else { continue }
            let client = try names.number(event.client, .client, self)
            candidates.append(NumberedEvent(event: event, client: client, source: source))
            places.append(place)
        }
        guard !candidates.isEmpty else { return outcomes }
        let lastAlert = makesAlerts ? try lastAlert() : 0
        let new = try span("events.insert", ["events": candidates.count]) {
            try insert(candidates, makesAlerts: makesAlerts, now: Timestamp.now.milliseconds)
        }
        try span("events.roll", ["events": new.count]) { try roll(new.map { candidates[$0] }) }
        if makesAlerts, !new.isEmpty, try self.lastAlert() > lastAlert {
            try openOutlets(after: lastAlert)
            try announceAlerts()
        }
        for index in new { outcomes[places[index]] = .added }
        return outcomes
    }

    private func roll(_ events: [NumberedEvent]) throws {
        var changes = RollupChanges()
        for event in events {
            changes.count(client: event.client, time: event.event.time.milliseconds, red: event.event.red)
        }
        if !changes.isEmpty { try write(try changes.rows(load: rollups)) }
    }

    /// What retention removed so far.
    func horizons() throws -> Horizons {
        var horizons = Horizons()
        for row in try rows("SELECT level, moment FROM horizon") {
            var columns = SQLColumns(row)
            horizons.set(level: Int(try columns.integer()), try columns.integer())
        }
        return horizons
    }

    /// See ``StatsStore/reroll(from:to:)``.
    func reroll(from: Timestamp, to: Timestamp) throws -> Int {
        guard from.milliseconds >= 0, from < to, to <= MeasuredEvent.endOfTime else {
            throw StatsStoreError.invalid("re-roll: from must be before to, and both within 1970…9999")
        }
        try lockWriters()
        let month = RollupLevel.month
        let range =
            month.start(of: month.slot(at: from.milliseconds))..<month.start(of: month.slot(notBefore: to.milliseconds))
        let kept = try horizons().events
        guard kept <= range.lowerBound else {
            let first = Timestamp(milliseconds: month.start(of: month.slot(notBefore: kept)))
            throw StatsStoreError.gone(from: max(first, from), to: max(first, to))
        }
        for level in RollupLevel.allCases { _ = try removeRollups(level, range.lowerBound, range.upperBound) }
        var count = 0
        try eachEvent(in: range) { events in
            var changes = RollupChanges()
            for event in events { changes.count(client: event.client, time: event.time, red: event.red) }
            try write(try changes.rows(load: rollups))
            count += events.count
        }
        return count
    }

    /// See ``StatsStore/retain(_:now:)``.
    func retain(_ retention: Retention, now: Timestamp) throws -> Retained {
        try retention.check()
        try lockWriters()
        var retained = Retained()
        let day: Int64 = 86_400_000
        func moment(_ days: Int?, _ unit: RollupLevel) -> Int64? {
            days.map { unit.start(of: unit.slot(at: max(0, now.milliseconds - Int64($0) * day))) }
        }
        if let moment = moment(retention.events, .day) {
            try setHorizon(-1, moment)
            retained.events = try removeEvents(before: moment)
        }
        for (level, days) in [
            (RollupLevel.minute, retention.minutes), (.hour, retention.hours), (.day, retention.days),
        ] {
            // A level is cut where the next one's slots begin, so that no slot of that has lost a part.
            guard let moment = moment(days, level == .day ? .month : .day) else { continue }
            try setHorizon(level.rawValue, moment)
            retained.rollups += try removeRollups(level, 0, moment)
        }
        if let days = retention.alerts {
            retained.alerts = try change(
                "DELETE FROM alert WHERE made < $1 AND state <> 1", [.integer(now.milliseconds - Int64(days) * day)])
        }
        return retained
    }

    /// Removes rows of the rollups from one moment to another, at which slots of the level begin, and for minutes an hour.
    private func removeRollups(_ level: RollupLevel, _ start: Int64, _ end: Int64) throws -> Int {
        func remove(_ chunks: String, _ unit: RollupLevel) throws -> Int {
            try change(
                "DELETE FROM rollup WHERE level = $1 AND slot >= $2 AND slot < $3 AND chunk \(chunks)",
                [
                    .integer(Int64(level.rawValue)), .integer(unit.slot(at: start)),
                    .integer(unit.slot(notBefore: end)),
                ])
        }
        let pages = level == .minute ? try remove("= \(RollupKey.page)", .hour) : 0
        return pages + (try remove("<> \(RollupKey.page)", level))
    }

    private func setHorizon(_ level: Int, _ moment: Int64) throws {
        _ = try change(
            """
            INSERT INTO horizon (level, moment) VALUES ($1, $2)
            ON CONFLICT (level) DO UPDATE SET moment = excluded.moment WHERE horizon.moment < excluded.moment
            """,
            [.integer(Int64(level)), .integer(moment)])
    }
}

extension Horizons {
    /// Takes a row of the table `horizon`, where events have the level -1.
    mutating func set(level: Int, _ moment: Int64) {
        if let level = RollupLevel(rawValue: level) { levels[level] = moment } else { events = moment }
    }
}

/// What an event is known by: its source's number and its id.
private struct EventName: Hashable {
    let source: Int64
    let id: ExactText
}
