#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What standard output is shown on.
package struct Terminal: Sendable, Equatable {
    /// The width: the variable COLUMNS, else the terminal's, else 100.
    package let columns: Int
    /// Whether colours are shown: on a terminal, unless NO_COLOR (https://no-color.org) is set or TERM is `dumb`.
    package let usesColor: Bool
    /// Whether it is a terminal.
    package let isTerminal: Bool

    /// Asks the environment and the terminal.
    ///
    /// - Parameter path: Where output goes; nil or `-`: standard output.
    package init(ofOutput path: String?) {
        let isTerminal = (path ?? "-") == "-" && isatty(STDOUT_FILENO) == 1
        self.init(
            environment: Self.variable, terminalColumns: isTerminal ? Self.windowColumns() : nil, isTerminal: isTerminal
        )
    }

    /// A terminal whose window has so many columns, whatever the environment says.
    package init(windowColumns: Int) {
        self.init(
            environment: { $0 == "COLUMNS" ? nil : Self.variable($0) }, terminalColumns: windowColumns, isTerminal: true
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
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
