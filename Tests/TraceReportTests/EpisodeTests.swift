import Foundation
import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

/// What is said about functions that were unlike themselves for a while.
@Suite("Episodes")
struct EpisodeTests {
    /// A function's calls over time, drawn at random.
    struct Workload {
        var windows = 60
        /// The mean of calls in a window.
        var calls = 40.0
        /// How much the load varies from window to window: the standard deviation of its logarithm.
        var loadSpread = 0.0
        /// How much durations vary within a window: the standard deviation of their logarithms.
        var spread = 0.5
        /// How much windows vary as a whole, likewise.
        var windowSpread = 0.0
        /// The part of calls that takes ten times as long, at any time.
        var outliers = 0.0
        /// When it is unlike itself, by which factor its calls then take longer or are more.
        var episode: Range<Int> = 0..<0
        var slower = 1.0
        /// The part of the calls that is slower in the episode.
        var slowPart = 1.0
        var moreCalls = 1.0

        static let place = FunctionPlace(name: "f", function: "f()", file: "F.swift", line: 1)

        func series(_ random: inout SeededGenerator, isRoot: Bool = false) -> Timeline.FunctionSeries {
            let windows = (0..<windows).map { index in
                var window = Timeline.Window()
                let isUnlike = episode.contains(index)
                let load = calls * exp(loadSpread * normal(&random)) * (isUnlike ? moreCalls : 1)
                let scale = 1e6 * exp(windowSpread * normal(&random))
                // Poisson's distribution, by the normal one above small means.
                let count = Int(max(0, (load + load.squareRoot() * normal(&random)).rounded()))
                for _ in 0..<count {
                    var duration = scale * exp(spread * normal(&random))
                    if Double.random(in: 0..<1, using: &random) < outliers { duration *= 10 }
                    if isUnlike, Double.random(in: 0..<1, using: &random) < slowPart { duration *= slower }
                    window.durations.add(ticks: UInt64(duration))
                    window.totalNanoseconds += UInt64(duration)
                }
                window.count = UInt64(count)
                window.selfNanoseconds = window.totalNanoseconds
                return window
            }
            return Timeline.FunctionSeries(place: Self.place, isRoot: isRoot, windows: windows)
        }

        /// Marsaglia's polar method.
        private func normal(_ random: inout SeededGenerator) -> Double {
            while true {
                let (x, y) = (
                    Double.random(in: -1..<1, using: &random), Double.random(in: -1..<1, using: &random)
                )
                let square = x * x + y * y
                if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
            }
        }
    }

    private func timeline(_ series: [Timeline.FunctionSeries]) -> Timeline {
        var timeline = Timeline()
        timeline.startWallNanoseconds = WrittenLog.start
        timeline.windowNanoseconds = 10_000_000_000
        timeline.windowCount = series.first?.windows.count ?? 0
        timeline.functions = series
        return timeline
    }

    private func episodes(_ workload: Workload, seed: UInt64) -> [Episode] {
        var random = SeededGenerator(seed: seed)
        let series = workload.series(&random)
        return EpisodeSearch(timeline([series])).episodes(of: series)
    }

    @Test("nothing is said of 1,000 functions that do the same all the time, however noisy")
    func flat() {
        for seed in 0..<1_000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var workload = Workload()
            workload.windows = Int.random(in: 6...90, using: &random)
            workload.calls = [1, 3, 10, 40, 100][Int(seed % 5)]
            workload.loadSpread = [0, 0.2, 0.3][Int(seed % 3)]
            workload.spread = [0, 0.3, 1, 2][Int(seed / 3 % 4)]
            workload.windowSpread = [0, 0.1, 0.2][Int(seed / 5 % 3)]
            workload.outliers = [0, 0.002, 0.01, 0.03][Int(seed / 7 % 4)]
            let found = episodes(workload, seed: seed)
            #expect(found.isEmpty, "seed \(seed): \(workload): \(found)")
        }
    }

    @Test("a stall is found, with when it was", arguments: 0..<20 as Range<UInt64>)
    func stall(seed: UInt64) throws {
        var workload = Workload(calls: 60, windowSpread: 0.1)
        (workload.episode, workload.slower, workload.slowPart) = (30..<38, 12, 0.2)
        let found = episodes(workload, seed: seed)
        let episode = try #require(found.first { $0.isSlower })
        #expect(found.count == 1)
        #expect(episode.windows.lowerBound >= 29 && episode.windows.upperBound <= 39)
        #expect(episode.windows.count >= 6)
        guard case .slower(let nanoseconds, let usual) = episode.change else { return }
        // What is said is a lower bound of the truth, which is 12 × what 1 in 20 of the calls exceeds: 8.5 times the usual.
        #expect(Double(nanoseconds) >= 3 * Double(usual))
        #expect(Double(nanoseconds) <= 10 * Double(usual))
    }

    @Test("of few calls, only what chance cannot explain is said")
    func fewCalls() {
        // One slow call of 8 in one window is chance; 8 slow ones of 8 are not.
        var workload = Workload(calls: 8, spread: 0.2)
        (workload.episode, workload.slower, workload.slowPart) = (20..<21, 30, 0.1)
        for seed in 0..<50 as Range<UInt64> { #expect(episodes(workload, seed: seed).isEmpty) }
        (workload.episode, workload.slowPart) = (20..<24, 1)
        for seed in 0..<50 as Range<UInt64> { #expect(episodes(workload, seed: seed).count == 1) }
    }

    @Test("what lasts for more than half of the time is usual")
    func mostOfTheTime() {
        var workload = Workload()
        (workload.episode, workload.slower) = (0..<40, 10)
        #expect(episodes(workload, seed: 1).isEmpty)
    }

    @Test("many more calls are found", arguments: 0..<20 as Range<UInt64>)
    func moreCalls(seed: UInt64) throws {
        var workload = Workload(calls: 50, loadSpread: 0.1)
        (workload.episode, workload.moreCalls) = (10..<14, 6)
        let episode = try #require(episodes(workload, seed: seed).first)
        #expect(episode.windows == 10..<14)
        guard case .moreCalls(let times) = episode.change else {
            Issue.record("\(episode)")
            return
        }
        #expect(times > 4.5 && times < 7.5)
    }

    @Test("when all requests are more, only requests are said to be")
    func load() {
        var random = SeededGenerator(seed: 3)
        var workload = Workload(calls: 50)
        (workload.episode, workload.moreCalls) = (10..<14, 6)
        let root = workload.series(&random, isRoot: true)
        var inner = workload.series(&random)
        inner.place.name = "inner"
        let search = EpisodeSearch(timeline([root, inner]))
        #expect(search.episodes(of: root).count == 1)
        #expect(search.episodes(of: inner).isEmpty)
        workload.moreCalls = 1
        let calmRoot = workload.series(&random, isRoot: true)
        #expect(EpisodeSearch(timeline([calmRoot, inner])).episodes(of: inner).count == 1)
    }

    @Test("calls of a flush that came late are of all the time it waited")
    func lateFlush() {
        var random = SeededGenerator(seed: 5)
        var series = Workload(calls: 50).series(&random)
        for index in 20..<28 {
            series.windows[28].count += series.windows[index].count
            series.windows[index] = Timeline.Window()
        }
        #expect(EpisodeSearch(timeline([series])).episodes(of: series).isEmpty)
    }

    @Test("windows that are shorter than the time between flushes are no matter", arguments: 0..<20 as Range<UInt64>)
    func shortWindows(seed: UInt64) throws {
        func spread(_ series: Timeline.FunctionSeries) -> Timeline.FunctionSeries {
            var spread = series
            spread.windows = series.windows.flatMap { window in
                Array(repeating: Timeline.Window(), count: 9) + [window]
            }
            return spread
        }
        var workload = Workload(calls: 60, loadSpread: 0.2, windowSpread: 0.1)
        var random = SeededGenerator(seed: seed)
        let even = spread(workload.series(&random))
        #expect(EpisodeSearch(timeline([even])).episodes(of: even).isEmpty)
        // The first flush is in the timeline's first window.
        var cut = even
        cut.windows.removeFirst(9)
        #expect(EpisodeSearch(timeline([cut])).episodes(of: cut).isEmpty)
        (workload.episode, workload.slower, workload.slowPart) = (30..<38, 12, 0.2)
        let stalled = spread(workload.series(&random))
        let slow = try #require(EpisodeSearch(timeline([stalled])).episodes(of: stalled).first)
        #expect(slow.isSlower && slow.windows.lowerBound >= 290 && slow.windows.upperBound <= 390)
        (workload.slower, workload.moreCalls) = (1, 8)
        let busy = spread(workload.series(&random))
        #expect(EpisodeSearch(timeline([busy])).episodes(of: busy).map(\.windows) == [300..<380])
    }

    @Test("what happens again and again is usual: processes that flush at different times")
    func alternating() {
        var random = SeededGenerator(seed: 9)
        var large = Workload(calls: 99).series(&random)
        let small = Workload(calls: 1).series(&random)
        for index in large.windows.indices where index % 5 != 0 { large.windows[index] = small.windows[index] }
        #expect(EpisodeSearch(timeline([large])).episodes(of: large).isEmpty)
    }

    @Test("windows without calls, few windows and series that do not fit are no episodes")
    func degenerate() {
        let place = Workload.place
        for count in [0, 1, 5, 60] {
            let empty = Timeline.FunctionSeries(
                place: place, isRoot: true, windows: Array(repeating: Timeline.Window(), count: count))
            #expect(EpisodeSearch(timeline([empty])).episodes(of: empty).isEmpty)
        }
        var window = Timeline.Window()
        window.durations.add(bucket: DurationHistogram.bucketCount - 1, occurrences: .max)
        (window.count, window.totalNanoseconds, window.selfNanoseconds) = (.max, .max, .max)
        let largest = Timeline.FunctionSeries(
            place: place, isRoot: true, windows: Array(repeating: window, count: 30))
        #expect(EpisodeSearch(timeline([largest])).episodes(of: largest).isEmpty)
        var other = timeline([largest])
        other.windowCount = 7
        #expect(EpisodeSearch(other).episodes(of: largest).isEmpty)
    }
}
