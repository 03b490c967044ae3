import ArgumentParser
import REDStats

/// Where counts are sent for charts.
struct GraphiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send counts a minute to Graphite: where carbon takes lines of text, port 2003 by default.",
            valueName: "host:port"))
    var graphite: String?

    @Option(help: ArgumentHelp("What the names of metrics begin with.", valueName: "name"))
    var graphitePrefix = GraphiteSettings.usualPrefix

    @Option(
        help: ArgumentHelp("How many days carbon keeps minutes; older ones are not sent.", valueName: "days"))
    var graphiteDays = 31

    func validate() throws {
        if let graphite, CarbonAddress(graphite) == nil {
            throw ValidationError("--graphite \(graphite): give HOST:PORT, or [ADDRESS]:PORT for IPv6")
        }
        guard GraphiteSettings.isPrefix(graphitePrefix) else {
            throw ValidationError(
                "--graphite-prefix \(graphitePrefix): give letters, digits, '-' and '_', with dots between them")
        }
        guard (1...36_500).contains(graphiteDays) else {
            throw ValidationError("--graphite-days \(graphiteDays): give a number of days from 1 to 36500")
        }
    }

    /// Nil where no carbon is given.
    var settings: GraphiteSettings? {
        guard let address = graphite.flatMap(CarbonAddress.init) else { return nil }
        var settings = GraphiteSettings(carbon: address, prefix: graphitePrefix)
        settings.days = Int64(graphiteDays)
        return settings
    }
}
