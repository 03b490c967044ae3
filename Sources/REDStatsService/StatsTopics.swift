/// The names of topics at the broker.
package enum StatsTopics {
    /// What red publishes: a picture was measured.
    package static let measured = "hoofprint.red.measured"
}
