import ArgumentParser
import WallClock

/// An interval of time.
struct IntervalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("From this moment on: RFC 3339, or a date.", valueName: "moment"))
    var from: String

    @Option(help: ArgumentHelp("Before this moment.", valueName: "moment"))
    var to: String

    func validate() throws {
        for (name, text) in [("from", from), ("to", to)] where Timestamp(text) == nil {
            throw ValidationError("--\(name) \(text): give a moment as RFC 3339 has it, or a date")
        }
    }

    /// Its moments; not nil once validated.
    var moments: (from: Timestamp, to: Timestamp)? {
        guard let from = Timestamp(from), let to = Timestamp(to) else { return nil }
        return (from, to)
    }
}
