/// Episodes in words.
struct EpisodeWords {
    let timeline: Timeline

    /// `00:06:10–00:07:40 1 call in 100 took over 250ms, 6 times the usual 41.0ms.`, in pieces between which a line may be
    /// broken.
    func pieces(of episode: Episode) -> [String] {
        let time = timeline.text(of: episode.windows)
        switch episode.change {
        case .slower(let nanoseconds, let usual):
            let times = Double(nanoseconds) / Double(max(1, usual))
            return [
                "\(time) 1 call in 100 took over \(Quantity.duration(nanoseconds)),",
                "\(Self.times(times)) times the usual \(Quantity.duration(usual)).",
            ]
        case .moreCalls(let times):
            return ["\(time) it was called", "\(Self.times(times)) times as often as usual."]
        }
    }

    /// A factor, rounded down: what is said is at least true.
    private static func times(_ factor: Double) -> String {
        guard factor < 10 else { return Quantity.count(UInt64(min(1e15, factor))) }
        let tenths = Int(factor * 10)
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
