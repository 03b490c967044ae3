/// What a function does, in words.
enum NatureWords {
    /// `it WAITS for a lock (4% on CPU).`
    static func sentence(_ nature: FunctionNature) -> String {
        switch nature.kind {
        case .computes: "it COMPUTES\(holdUp(nature))\(share(nature))."
        case .waits: "it WAITS\(wait(nature))\(share(nature))."
        case .both where nature.isEstimated: "it COMPUTES and AWAITS\(share(nature))."
        case .both: "it COMPUTES and WAITS\(wait(nature))\(share(nature))."
        case .awaits where nature.isEstimated: "it AWAITS: suspended or blocked\(share(nature))."
        case .unsure: "it COMPUTES or AWAITS: too few samples to tell\(bounds(nature))."
        case .awaits: "it AWAITS: suspended, or in code that no sync span covers."
        }
    }

    private static func share(_ nature: FunctionNature) -> String {
        guard let onCPU = nature.onCPU else { return "" }
        guard let interval = nature.onCPUInterval else { return " (\(Quantity.percent(onCPU)) on CPU)" }
        let bounds = [interval.lower, interval.upper].map(Quantity.percent)
        guard bounds[0] != bounds[1] else { return " (\(bounds[0]) on CPU, by samples)" }
        return " (about \(Quantity.percent(onCPU)) on CPU, by samples: \(bounds[0]) to \(bounds[1]))"
    }

    /// ` (10% to 80% on CPU)`.
    private static func bounds(_ nature: FunctionNature) -> String {
        guard let interval = nature.onCPUInterval else { return "" }
        return " (\(Quantity.percent(interval.lower)) to \(Quantity.percent(interval.upper)) on CPU)"
    }

    /// It computes, and still is on a processor for a part of the time alone.
    private static func holdUp(_ nature: FunctionNature) -> String {
        guard !nature.isEstimated, let onCPU = nature.onCPU, onCPU < 0.7 else { return "" }
        return ", where it gets a processor"
    }

    private static func wait(_ nature: FunctionNature) -> String {
        guard let what = nature.waitsFor else { return "" }
        switch what {
        case "lock": return " for a lock"
        case "poll": return " for descriptors (poll)"
        case "network", "disk", "memory": return " for \(what == "memory" ? "" : "the ")\(what)"
        case "pipe", "device", "signal": return " for a \(what)"
        case "sleep": return " in sleep"
        case "child": return " for a child process"
        default: return " in \(TextLayout.name(what, columns: 20))"
        }
    }
}
