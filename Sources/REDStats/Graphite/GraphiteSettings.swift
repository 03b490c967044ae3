import WallClock

/// Where and how counts are sent to Graphite.
package struct GraphiteSettings: Sendable {
    /// Where carbon listens.
    package let carbon: CarbonAddress
    /// What the names of all metrics begin with.
    package let prefix: String
    /// A minute is sent when nothing has come for it for so long.
    package var quiet = Duration.seconds(5)
    /// A minute is sent at latest so long after something came for it.
    package var longestWait = Duration.seconds(30)
    /// A minute that was sent is read and sent once more so long after: what another instance had read before, and sent
    /// later, is made good.
    package var settling = Duration.seconds(60)
    /// How often it is looked for minutes to be sent.
    package var tick = Duration.milliseconds(500)
    /// How many days carbon keeps minutes. Older ones are not sent: carbon would write each over the hour that it is
    /// in.
    package var days: Int64 = 31
    /// At the start so many minutes before now are sent, for what a killed process had counted and not sent.
    package var recentMinutes: Int64 = 15
    /// For so long what was sent is remembered, to be sent again where the connection breaks, at least; twice as long
    /// at most.
    package var memory = Duration.seconds(300)
    /// So many minutes of clients wait at most while carbon is away, and so many are remembered, some 100 bytes and the
    /// client's name each.
    package var mostWaiting = 50_000
    /// How long what waits may take to be sent when all is to end.
    package var grace = Duration.seconds(5)

    /// The names of metrics begin with this unless one is given.
    package static let usualPrefix = "red-stats"

    /// - Parameters:
    ///   - carbon: Where it listens.
    ///   - prefix: See ``isPrefix(_:)``.
    package init(carbon: CarbonAddress, prefix: String = usualPrefix) {
        self.carbon = carbon
        self.prefix = prefix
    }

    /// The minutes, counted from 1970, that carbon takes: none that it would keep as hours when it writes them, up to
    /// an hour after it was sent them, and none of the future but for clocks that differ, as it would lose older ones
    /// for them.
    func minutes(at now: Timestamp) -> Range<Int64> {
        let minute = now.milliseconds / 60_000
        return max(0, minute - days * 1_440 + 60)..<minute + 60
    }

    /// Whether metrics' names may begin so: parts of letters and digits of ASCII, `-` and `_`, with dots between
    /// them; at most 200 bytes.
    package static func isPrefix(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count <= 200 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(GraphiteName.isPlain) }
    }
}
