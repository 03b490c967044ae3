import Testing

@testable import CommandOutput

@Suite("What output is shown on")
struct TerminalTests {
    @Test(
        "colours are for terminals, unless refused",
        arguments: [
            (["TERM": "xterm"], true, true), (["TERM": "dumb"], true, false), (["NO_COLOR": "1"], true, false),
            (["NO_COLOR": ""], true, true), ([:], false, false),
        ] as [([String: String], Bool, Bool)])
    func terminals(environment: [String: String], isTerminal: Bool, usesColor: Bool) {
        let terminal = Terminal(environment: { environment[$0] }, terminalColumns: nil, isTerminal: isTerminal)
        #expect(terminal.usesColor == usesColor)
        #expect(terminal.columns == 100)
    }

    @Test(
        "the width is COLUMNS, else the terminal's, else 100",
        arguments: [
            ("80", 120, 80), (nil, 120, 120), ("x", nil, 100), ("0", nil, 100), ("99999999999999999999", nil, 100),
        ]
            as [(String?, Int?, Int)])
    func columns(variable: String?, window: Int?, expected: Int) {
        let terminal = Terminal(
            environment: { $0 == "COLUMNS" ? variable : nil }, terminalColumns: window, isTerminal: window != nil)
        #expect(terminal.columns == expected)
    }
}
