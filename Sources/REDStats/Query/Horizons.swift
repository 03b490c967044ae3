import WallClock

/// Before which moments retention removed what: a level's rollups, or the events.
struct Horizons: Sendable, Equatable {
    /// Events before this moment are gone, in milliseconds; 0: none. The same for each level.
    var events: Int64 = 0
    var levels: [RollupLevel: Int64] = [:]

    /// Looks whether all that a plan reads is there.
    ///
    /// - Throws: ``StatsStoreError/gone(from:to:)``, with the nearest bounds that can be answered.
    func check(_ plan: CountPlan, _ query: CountQuery) throws(StatsStoreError) {
        let isThere =
            plan.edges.allSatisfy { $0.lowerBound >= events }
            && plan.slots.allSatisfy { $0.start >= levels[$0.level] ?? 0 }
        if isThere { return }
        throw StatsStoreError.gone(
            from: Timestamp(milliseconds: exact(query.from.milliseconds) { level, moment in level.slot(at: moment) }),
            to: Timestamp(
                milliseconds: exact(query.to.milliseconds) { level, moment in level.slot(notBefore: moment) }))
    }

    /// The nearest bound beside which all is there that it needs.
    private func exact(_ moment: Int64, _ slot: (RollupLevel, Int64) -> Int64) -> Int64 {
        func start(_ level: RollupLevel, of moment: Int64) -> Int64 { level.start(of: level.slot(at: moment)) }
        if start(.minute, of: moment) >= events { return moment }
        for level in RollupLevel.allCases {
            let bound = level.start(of: slot(level, moment))
            guard let coarser = level.coarser, start(coarser, of: bound) < levels[level] ?? 0 else { return bound }
        }
        return moment
    }
}
