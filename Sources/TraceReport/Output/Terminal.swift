#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What the place a report goes to can show.
public struct Terminal: Sendable, Equatable {
    /// The width: the variable COLUMNS, else the terminal's, else 100.
    public let columns: Int
    /// Whether colours are shown: on a terminal, unless NO_COLOR (https://no-color.org) is set or TERM is `dumb`.
    public let usesColor: Bool
    /// Whether it is a terminal.
    public let isTerminal: Bool

    /// Asks the environment and the terminal of a destination.
    public init(of destination: ReportDestination) {
        let isTerminal = destination == .standardOutput && isatty(1) == 1
        self.init(
            environment: Self.variable, terminalColumns: isTerminal ? Self.windowColumns() : nil, isTerminal: isTerminal
        )
    }

    init(environment: (String) -> String?, terminalColumns: Int?, isTerminal: Bool) {
        let stated = environment("COLUMNS").flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
        columns = stated ?? terminalColumns ?? 100
        let refuses = !(environment("NO_COLOR") ?? "").isEmpty || environment("TERM") == "dumb"
        self.isTerminal = isTerminal
        usesColor = isTerminal && !refuses
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func windowColumns() -> Int? {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// Text of unknown origin for a terminal.
public enum TerminalText {
    /// Returns bytes as text without anything that a terminal obeys: `\u{…}` for what is not printable, `\xNN` for what
    /// is no UTF-8.
    public static func escaped(_ bytes: [UInt8]) -> String {
        SafeText.escaped(bytes: bytes)
    }
}
