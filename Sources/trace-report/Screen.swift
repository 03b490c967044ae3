#if Tools
import CommandOutput
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The window of a terminal, drawn anew in its place as top does, on its second screen: what stood there before comes back.
struct Screen {
    private var isOn = false
    private var keyboard: termios?
    private var shown: [String] = []

    /// Whether standard output is a terminal that can move its cursor.
    static var isPossible: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }

    /// Whether standard input is a keyboard that can be listened to: this process is in the terminal's foreground.
    static var hasKeyboard: Bool { isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// The size of the window.
    static var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (24, 80)
        }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// Changes to the second screen.
    ///
    /// - Parameter keys: Whether keys are heard at once, and not shown.
    mutating func enter(keys: Bool) throws(OutputError) {
        guard !isOn else { return }
        isOn = true
        shown = []
        if keys { listen() }
        // xterm's control sequences: the second screen, no cursor, no wrapping.
        try write("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l")
    }

    /// Draws lines, none of which is wider than the window. Lines that stand there already are not drawn.
    mutating func draw(_ lines: [String]) throws(OutputError) {
        var text = ""
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            text += "\u{1b}[\(row + 1);1H" + line + "\u{1b}[K"
        }
        if lines.count < shown.count { text += "\u{1b}[\(lines.count + 1);1H\u{1b}[J" }
        shown = lines
        try write(text)
    }

    /// Forgets what stands there: the window has another size.
    mutating func clear() throws(OutputError) {
        shown = []
        try write("\u{1b}[H\u{1b}[2J")
    }

    /// Changes back.
    mutating func leave() throws(OutputError) {
        guard isOn else { return }
        isOn = false
        if var keyboard { tcsetattr(STDIN_FILENO, TCSADRAIN, &keyboard) }
        try write("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    }

    private mutating func listen() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        keyboard = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    private func write(_ text: String) throws(OutputError) {
        if !text.isEmpty { try OutputFile.write(Array(text.utf8), to: nil) }
    }
}
#endif
