/// How long requests took over time, and what was unlike itself for a while.
struct TextOverTime {
    let report: Report
    let width: Int
    let style: TextStyle
    /// Functions whose episodes the verdict tells.
    let told: [FunctionPlace]

    private static let widestSparkline = 40
    private static let candidates = 20
    private static let shownEpisodes = 2

    func lines() -> [String] {
        guard report.timeline.windowCount > 1 else { return [] }
        let search = EpisodeSearch(report.timeline)
        return rootLines(search) + otherLines(search)
    }

    /// `p99 of POST /images over time ▁▂▇█▁  worst 00:06:10–00:07:40: 151ms`.
    private func rootLines(_ search: EpisodeSearch) -> [String] {
        guard let root = busiestRoot else { return [] }
        let slices = report.timeline.slices(atMost: Self.widestSparkline).map(\.windows)
        let values = slices.map { root.sum(of: $0).durations.nanoseconds(at: 0.99) }
        let known = values.compactMap { $0 }
        guard known.count >= 3, let least = known.min(), let most = known.max() else { return [] }
        let name = TextLayout.name(root.place.name, columns: width / 3)
        let span = report.timeline.text(of: 0..<report.timeline.windowCount)
        var items = ["p99 of " + name + " over time", TextLayout.sparkline(values)]
        let slower = search.episodes(of: root).first { $0.isSlower }
        if let slower, let p99 = root.sum(of: slower.windows).durations.nanoseconds(at: 0.99) {
            items.append("worst \(report.timeline.text(of: slower.windows)): \(Quantity.duration(p99))")
        } else if Double(most) <= 1.05 * Double(least) {
            items.append("the same all the time, \(span)")
        } else if let worst = values.firstIndex(of: most) {
            items.append("worst \(report.timeline.text(of: slices[worst])): \(Quantity.duration(most))")
        }
        return TextLayout.flow(items, width: width)
    }

    private var busiestRoot: Timeline.FunctionSeries? {
        let roots = report.timeline.functions.filter(\.isRoot)
            .map { series in (series: series, time: series.windows.reduce(0.0) { $0 + Double($1.totalNanoseconds) }) }
        return roots.max { left, right in
            left.time == right.time ? right.series.place < left.series.place : left.time < right.time
        }?.series
    }

    /// What changed beside what the verdict tells: of the functions with the most time, the most time lost first.
    private func otherLines(_ search: EpisodeSearch) -> [String] {
        let told = Set(told)
        let busiest = Set(
            report.functions.sorted(by: SortKey.total.areInOrder).prefix(Self.candidates).map(\.place)
                + report.functions.sorted(by: SortKey.selfTime.areInOrder).prefix(Self.candidates).map(\.place))
        let episodes = report.timeline.functions
            .filter { busiest.contains($0.place) && !told.contains($0.place) }
            .flatMap(search.episodes)
            .sorted {
                $0.excessNanoseconds == $1.excessNanoseconds
                    ? $0.place < $1.place : $0.excessNanoseconds > $1.excessNanoseconds
            }
        let words = EpisodeWords(timeline: report.timeline)
        return episodes.prefix(Self.shownEpisodes).flatMap { episode in
            let name = TextLayout.name(episode.place.name, columns: width / 3) + ":"
            return TextLayout.flow([name] + words.pieces(of: episode), width: width, separator: " ")
        }
    }
}
