/// Ring files beside the logs, in words.
struct LeftRingWords {
    let rings: [LeftRing]

    /// More are not shown one by one.
    private static let shown = 3

    /// A sentence for those that were not read, one for those that were, and one for each of the first that cannot be.
    var sentences: [String] {
        let unreadable = rings.compactMap { ring -> String? in
            guard case .unreadable(let reason) = ring.use else { return nil }
            return "\(Self.name(of: ring)), which a killed process left, cannot be read: \(reason)."
        }
        return [sentence(.unread), sentence(.read)].compactMap { $0 } + unreadable.prefix(Self.shown)
    }

    /// `server.log.ring.4242 holds what a killed process had not written: --open reads it, too.`
    private func sentence(_ use: LeftRing.Use) -> String? {
        let rings = rings.filter { $0.use == use }
        guard let first = rings.first else { return nil }
        let isOne = rings.count == 1
        let names = Self.name(of: first) + (isOne ? "" : " and \(rings.count - 1) more")
        let what = "what \(isOne ? "a killed process" : "killed processes") had not written"
        if use == .read { return "With \(names): \(what)." }
        return "\(names) \(isOne ? "holds" : "hold") \(what): --open reads \(isOne ? "it" : "them"), too."
    }

    private static func name(of ring: LeftRing) -> String {
        SafeText.middleTruncated(SafeText.escaped(ring.path), to: 40)
    }
}
