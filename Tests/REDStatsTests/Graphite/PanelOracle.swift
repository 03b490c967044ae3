import REDEvents
import TestSupport
import WallClock

@testable import REDStats

/// What the panels of the Graphite dashboard must show, found by looking at each event.
struct PanelOracle {
    let events: [MeasuredEvent]
    let above: Int
    /// Seconds.
    let step: Int64

    /// The series of a panel's target; nil if there is no such target.
    func answer(_ title: String, _ target: String) -> GraphiteSamples.Answer? {
        let isRedder = { (event: MeasuredEvent) in event.red > above }
        switch (title, target) {
        case ("Pictures", "A"): return ["pictures": series(60) { _ in true }]
        case ("Redder than $above", "A"): return ["redder": series(60, isRedder)]
        case ("Share that is redder", "A"):
            let all = series(step) { _ in true }
            let redder = series(step, isRedder)
            return ["redder": Dictionary(all.map { ($0, 100 * (redder[$0] ?? 0) / $1) }) { $1 }]
        case ("Pictures over time", "A"): return ["pictures": series(step) { _ in true }]
        case ("Pictures over time", "B"): return ["redder": series(step, isRedder)]
        case ("By how red they are", "A"):
            return Dictionary(
                MinuteBands.names.enumerated().map { number, name in
                    (name, series(step) { max($0.red - 1, 0) / 100_000 == number })
                }
            ) { $1 }
        case ("Clients with most pictures", "A"): return byClient { _ in true }
        case ("Clients with most that are redder", "A"): return byClient(isRedder)
        default: return nil
        }
    }

    private func byClient(_ counts: (MeasuredEvent) -> Bool) -> GraphiteSamples.Answer {
        let clients = Dictionary(grouping: events) { GraphiteName.of($0.client) }
        return clients.mapValues { PanelOracle(events: $0, above: above, step: step).series(step, counts) }
    }

    /// How many there are in each interval that has any at all.
    private func series(_ step: Int64, _ counts: (MeasuredEvent) -> Bool) -> GraphiteServer.Series {
        var series: GraphiteServer.Series = [:]
        for event in events {
            series[event.time.milliseconds / 1_000 / step * step, default: 0] += counts(event) ? 1 : 0
        }
        return series
    }

    static func agree(_ left: GraphiteSamples.Answer, _ right: GraphiteSamples.Answer) -> Bool {
        left.keys == right.keys
            && left.allSatisfy { name, series in
                let other = right[name] ?? [:]
                return series.keys == other.keys && series.allSatisfy { abs($1 - (other[$0] ?? -1)) < 1e-9 }
            }
    }
}

/// What the panels of the PostgreSQL dashboard must show.
struct TableOracle {
    let events: [MeasuredEvent]
    let alerts: [Alert]
    let above: Int
    /// Seconds.
    let step: Int64

    /// A panel's rows; nil if there is no such panel.
    func rows(_ title: String) -> [[String]]? {
        let redder = events.filter { $0.red > above }
        switch title {
        case "Pictures": return [["\(events.count)"]]
        case "Redder than $above %": return [["\(redder.count)"]]
        case "Alerts": return groups(alerts) { slot($0.made) }.map { ["\($0)", "\($1.count)"] }
        case "Pictures over time":
            return groups(events) { slot($0.time) }.map { time, events in
                ["\(time)", "\(events.count)", "\(events.count { $0.red > above })"]
            }
        case "By how red they are":
            return groups(events) { slot($0.time) }.flatMap { time, events in
                groups(events) { MinuteBands.names[max($0.red - 1, 0) / 100_000] }.map {
                    ["\(time)", $0, "\($1.count)"]
                }
            }
        case "Pictures an hour":
            return groups(events) { $0.time.milliseconds / 3_600_000 * 3_600 }.map { ["\($0)", "\($1.count)"] }
        case "Clients":
            return groups(events) { $0.client }.sorted { $0.1.count > $1.1.count }.map { client, events in
                let mean = Double(events.reduce(0) { $0 + $1.red }) / Double(events.count) / 10_000
                return [client, "\(events.count)", "\(events.count { $0.red > above })", "\(mean)"]
            }
        case "Latest pictures that are redder":
            return redder.sorted { ($1.time, $0.id) < ($0.time, $1.id) }.prefix(100).map { event in
                [event.time.text, event.client, event.image, "\(Double(event.red) / 10_000)"]
            }
        default: return nil
        }
    }

    private func slot(_ time: Timestamp) -> Int64 { time.milliseconds / 1_000 / step * step }

    private func groups<T, K: Comparable & Hashable>(_ values: [T], _ key: (T) -> K) -> [(K, [T])] {
        Dictionary(grouping: values, by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func agree(_ left: [[String]], _ right: [[String]]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { $0.count == $1.count && zip($0, $1).allSatisfy(agree) }
    }

    /// Whether texts are the same, or numbers or moments that are.
    private static func agree(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        if let left = Double(left), let right = Double(right) { return abs(left - right) < 1e-6 }
        let moment = Timestamp(left.replacing(" ", with: "T") + ":00")
        return moment != nil && moment == Timestamp(right)
    }
}
