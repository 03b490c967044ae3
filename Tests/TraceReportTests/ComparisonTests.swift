import SeededRandom
import Testing
import TraceLog

@testable import TraceReport

/// How often comparisons cry wolf, and how often they find what is there: 60 windows of 300 calls, 10 % noise between windows.
@Suite("Comparing deployments")
struct ComparisonTests {
    static let seed: UInt64 = 20_261_126
    private static let place = FunctionPlace(name: "image.decode", function: "decode(_:)", file: "A.swift", line: 3)

    private static var options: Comparison.Options {
        var options = Comparison.Options()
        options.resamples = 0
        return options
    }

    /// Windows to draw logs from, each of some thousand; drawing whole windows keeps a test of 500 pairs short.
    private static let same = {
        var random = SeededGenerator(seed: seed)
        return SimulatedProgram().windows(1_200, &random)
    }()
    /// The same windows, so that their population is slower by the factor and by nothing else.
    private static let slower = {
        var random = SeededGenerator(seed: seed)
        return SimulatedProgram().windows(1_200, factor: 1.1, &random)
    }()

    /// Returns so many different windows, in no order.
    private static func log(
        _ pool: [Timeline.Window], windows count: Int = 60, _ random: inout SeededGenerator
    ) -> [Timeline.Window] {
        var places = Set<Int>()
        var windows: [Timeline.Window] = []
        while windows.count < count {
            let place = Int.random(in: pool.indices, using: &random)
            if places.insert(place).inserted { windows.append(pool[place]) }
        }
        return windows
    }

    /// Compares two logs of one function each.
    private static func compare(_ before: [Timeline.Window], _ after: [Timeline.Window]) -> Comparison {
        Comparison(
            of: Report(windows: [(place, before)]), with: Report(windows: [(place, after)]), options: options)
    }

    @Test("of 500 pairs of identical programs, at most 6 % give an alarm")
    func falseAlarms() {
        var random = SeededGenerator(seed: Self.seed + 2)
        var alarms = 0
        for _ in 0..<500 {
            let windows = Self.log(Self.same, windows: 120, &random)
            let function = Self.compare(Array(windows[..<60]), Array(windows[60...])).functions[0]
            if function.verdict.isChange || function.calls.verdict.isChange { alarms += 1 }
        }
        print("identical pairs with an alarm: \(alarms) of 500, seed \(Self.seed)")
        #expect(alarms <= 30, "seed \(Self.seed)")
    }

    @Test("a p99 that is 10 % larger is found in at least 85 % of 200 pairs")
    func found() {
        var random = SeededGenerator(seed: Self.seed + 3)
        var found = 0
        for _ in 0..<200 {
            let function = Self.compare(Self.log(Self.same, &random), Self.log(Self.slower, &random)).functions[0]
            if function.p99.verdict == .slower { found += 1 }
            #expect(function.p99.verdict != .faster)
        }
        print("p99 10 % larger found: \(found) of 200, seed \(Self.seed)")
        #expect(found >= 170, "seed \(Self.seed)")
    }

    @Test("of 200 pairs of identical programs with 6 functions, at most 6 % give any alarm")
    func manyFunctions() {
        var random = SeededGenerator(seed: Self.seed + 4)
        let places = (0..<6).map { FunctionPlace(name: "f\($0)", function: "f\($0)()", file: "F.swift", line: 1) }
        var alarms = 0
        for _ in 0..<200 {
            let before = Report(windows: places.map { ($0, Self.log(Self.same, &random)) })
            let after = Report(windows: places.map { ($0, Self.log(Self.same, &random)) })
            let comparison = Comparison(of: before, with: after, options: Self.options)
            if !(comparison.slower + comparison.faster + comparison.calledDifferently).isEmpty { alarms += 1 }
        }
        print("identical pairs of 6 functions with an alarm: \(alarms) of 200, seed \(Self.seed)")
        #expect(alarms <= 12, "seed \(Self.seed)")
    }

    @Test("a third of the traffic is no change, nor is load that comes and goes")
    func traffic() {
        var random = SeededGenerator(seed: Self.seed + 5)
        let quiet = SimulatedProgram(calls: 100).windows(600, &random)
        var alarms = 0
        for _ in 0..<100 {
            let function = Self.compare(Self.log(Self.same, &random), Self.log(quiet, &random)).functions[0]
            if function.verdict.isChange || function.calls.verdict.isChange { alarms += 1 }
        }
        let waves = SimulatedProgram(calls: 100, persistence: 0.6)
        var ofWaves = 0
        for _ in 0..<40 {
            let (before, after) = (waves.windows(60, &random), waves.windows(60, &random))
            if Self.compare(before, after).functions[0].verdict.isChange { ofWaves += 1 }
        }
        print("alarms: quiet \(alarms) of 100, waves \(ofWaves) of 40, seed \(Self.seed)")
        #expect(alarms <= 8, "seed \(Self.seed)")
        #expect(ofWaves <= 6, "seed \(Self.seed)")
    }

    @Test("too few windows, or too few calls, give no verdict")
    func tooFew() {
        var random = SeededGenerator(seed: Self.seed + 6)
        let few = Self.compare(Array(Self.same.prefix(4)), Array(Self.slower.prefix(4))).functions[0]
        #expect(few.verdict == .cannotBeTold && few.p99.pValue == nil)
        let rare = SimulatedProgram(calls: 2).windows(30, &random)
        #expect(Self.compare(rare, rare).functions[0].verdict == .cannotBeTold)
        let none = Comparison(of: Report(sortKey: .selfTime), with: Report(sortKey: .selfTime))
        #expect(none.functions.isEmpty && none.new.isEmpty && none.gone.isEmpty)
    }

    @Test("intervals hold the truth, and are the same for the same logs")
    func intervals() throws {
        var random = SeededGenerator(seed: Self.seed + 7)
        var held = 0
        for _ in 0..<40 {
            let before = Report(windows: [(Self.place, Self.log(Self.same, &random))])
            let after = Report(windows: [(Self.place, Self.log(Self.slower, &random))])
            var options = Comparison.Options()
            options.resamples = 99
            let comparison = Comparison(of: before, with: after, options: options)
            #expect(comparison == Comparison(of: before, with: after, options: options))
            let interval = try #require(comparison.functions[0].p99.interval)
            if interval.contains(0.1) { held += 1 }
        }
        print("intervals that hold the truth: \(held) of 40")
        #expect(held >= 33)
    }

    @Test("a function whose line moved is the same; others are new and gone; calls per request")
    func functions() throws {
        func place(_ name: String, _ line: UInt64) -> FunctionPlace {
            FunctionPlace(name: name, function: name + "()", file: "A.swift", line: line)
        }
        let windows = Array(Self.same.prefix(60))
        let many = windows.map { window in
            var more = window
            more.count *= 14
            return more
        }
        let before = Report(windows: [
            (place("root", 1), windows), (place("moved", 5), windows), (place("gone", 9), windows),
            (place("twin", 20), windows), (place("twin", 30), windows),
        ])
        let after = Report(windows: [
            (place("root", 1), windows), (place("moved", 8), many), (place("new", 9), windows),
            (place("twin", 21), windows),
        ])
        let comparison = Comparison(of: before, with: after)
        #expect(Set(comparison.functions.map(\.after.name)) == ["root", "moved"])
        #expect(Set(comparison.new.map(\.name)) == ["new", "twin"])
        #expect(comparison.gone.map(\.name).sorted() == ["gone", "twin", "twin"])
        #expect(comparison.slower.isEmpty && comparison.faster.isEmpty)
        let moved = try #require(comparison.calledDifferently.first)
        #expect(moved.after.name == "moved" && moved.before.line == 5 && moved.calls.verdict == .slower)
        #expect(moved.calls.before == 1 && moved.calls.after == 14)
    }
}
