import REDStats
import SeededRandom
import WallClock

extension EventSamples {
    /// A question about the events, with a threshold that one of them has about every other time.
    package mutating func query(thresholds: [Int]) throws -> CountQuery {
        while true {
            var moments = [moment(), moment()]
            if numbers.next() % 3 == 0 { moments[1] = moments[0] + Int64.random(in: 1...200_000, using: &numbers) }
            moments.sort()
            let above =
                numbers.next() % 2 == 0
                ? thresholds.randomElement(using: &numbers) ?? 0 : Int.random(in: 0...1_000_000, using: &numbers)
            let client = numbers.next() % 4 == 0 ? nil : clients.randomElement(using: &numbers)
            let names = ["PT1M", "PT15M", "PT1H", "PT7H", "P1D", "P1W", "P1M", "P3M"]
            let step = numbers.next() % 3 == 0 ? names.randomElement(using: &numbers).flatMap { CountStep($0) } : nil
            guard moments[0] < moments[1] else { continue }
            do throws(CountMistake) {
                return try CountQuery(
                    from: Timestamp(milliseconds: moments[0]), to: Timestamp(milliseconds: moments[1]), above: above,
                    client: client, step: step)
            } catch {
                // Too many intervals for this step; another one.
                continue
            }
        }
    }
}
