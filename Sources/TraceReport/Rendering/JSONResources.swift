/// The member `resources` of the JSON report.
struct JSONResources {
    let resources: ResourceSummary

    func write(to json: inout JSONWriter) {
        json.object("resources") { json in
            json.array("roots") { json in resources.roots.forEach { write($0, to: &json) } }
            json.array("counters") { json in resources.counters.forEach { write($0, to: &json) } }
        }
    }

    private func write(_ root: RootUsage, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: root.place)
            json.member("requests", root.requests)
            json.member("minor_faults", root.minorFaults)
            json.member("major_faults", root.majorFaults)
            json.member("voluntary_switches", root.voluntarySwitches)
            json.member("involuntary_switches", root.involuntarySwitches)
            json.member("blocks_in", root.blocksIn)
            json.member("blocks_out", root.blocksOut)
        }
    }

    private func write(_ counter: CounterSummary, to json: inout JSONWriter) {
        json.object { json in
            json.member("session", SessionTag.text(counter.session))
            json.member("probe", counter.probe)
            json.member("name", counter.name)
            json.member("readings", counter.readings)
            json.member("first", counter.first)
            json.member("last", counter.last)
            json.member("min", counter.minimum)
            json.member("max", counter.maximum)
            json.member("growth_per_second", counter.growthPerSecond)
        }
    }
}
