import REDEvents
import REDStats
import WallClock

/// What a store must answer, found by looking at each event.
package enum BruteForce {
    package static func count(_ query: CountQuery, _ events: [MeasuredEvent]) -> CountResult {
        let matching = events.filter { event in
            event.time >= query.from && event.time < query.to
                && (query.client.map { $0.utf8.elementsEqual(event.client.utf8) } ?? true)
        }
        var buckets = beginnings(query).map { CountResult.Bucket(from: $0, images: 0, imagesAbove: 0) }
        for event in matching {
            // The last interval that begins by then.
            var (place, end) = (0, buckets.count)
            while end - place > 1 {
                let middle = (place + end) / 2
                if buckets[middle].from <= event.time { place = middle } else { end = middle }
            }
            buckets[place].images += 1
            if event.red > query.above { buckets[place].imagesAbove += 1 }
        }
        return CountResult(
            images: matching.count, imagesAbove: matching.count { $0.red > query.above }, buckets: buckets)
    }

    /// When the answer's intervals begin: at each minute, or midnight, it is asked whether one does.
    private static func beginnings(_ query: CountQuery) -> [Timestamp] {
        var beginnings = [query.from]
        guard let step = query.step else { return beginnings }
        var unit: Int64 = 86_400_000
        if case .minutes(let count) = step, count % 1_440 != 0 { unit = 60_000 }
        var moment = (query.from.milliseconds / unit + 1) * unit
        while moment < query.to.milliseconds {
            if begins(step, moment) { beginnings.append(Timestamp(milliseconds: moment)) }
            moment += unit
        }
        return beginnings
    }

    private static func begins(_ step: CountStep, _ moment: Int64) -> Bool {
        switch step {
        case .minutes(10_080): return moment % 86_400_000 == 0 && Timestamp(milliseconds: moment).day.weekday == 1
        case .minutes(let count): return moment / 60_000 % count == 0
        case .months(let count):
            guard moment % 86_400_000 == 0 else { return false }
            let day = Timestamp(milliseconds: moment).day
            return day.day == 1 && ((day.year - 1970) * 12 + day.month - 1) % Int(count) == 0
        }
    }
}
