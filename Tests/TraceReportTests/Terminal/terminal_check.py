"""Runs trace-report on a terminal, and says what is not as people expect it.

    terminal_check.py TRACE-REPORT FOLDER SCENARIO

In FOLDER are server.log and rest.log, which goes on with it, or large.log for a preview. Exit status 0: all is well.
"""
import os
import signal
import subprocess
import sys
import termios
import time

from terminal import Terminal


def append(folder, name):
    """Writes a file's lines to server.log."""
    with open(f"{folder}/{name}", "rb") as file, open(f"{folder}/server.log", "ab") as log:
        log.write(file.read())


def expected(program, folder, columns, *options, log="server.log"):
    """What the report of the log is, without colours."""
    environment = dict(os.environ, COLUMNS=str(columns), HOOFPRINT="off")
    arguments = [program, f"{folder}/{log}", *options]
    return subprocess.run(arguments, env=environment, capture_output=True, check=True, text=True).stdout.rstrip()


def follow(program, folder):
    """In place, within the window, and the full report on the first screen at the end."""
    before = expected(program, folder, 90)
    terminal = Terminal([program, "--follow", f"{folder}/server.log"], rows=24)
    terminal.wait(lambda: "Following 1 log" in terminal.screen.text(), "status line")
    assert terminal.second and not terminal.modes["?25"] and not terminal.modes["?7"]
    lines = terminal.screen.text().split("\n")
    assert len(lines) == 24 and lines[:23] == before.split("\n")[:23], "\n".join(lines)
    assert f"shows {len(before.splitlines()) - 23} more lines." in lines[23], lines[23]
    drawn = terminal.changes
    for _ in range(30):
        terminal.read()
    assert terminal.changes == drawn, "drawn anew without a change"
    append(folder, "rest.log")
    after = expected(program, folder, 90)
    terminal.wait(lambda: terminal.screen.text().split("\n")[:23] == after.split("\n")[:23], "new report")
    assert terminal.main.text() == "", "something on the first screen"
    assert not terminal.screen.history, "it scrolls"
    terminal.press(b"\x03")
    assert terminal.finish() == 0 and terminal.is_restored()
    assert terminal.main.text() == after, terminal.main.text()


def keys(program, folder):
    """q ends; what is typed is not shown; the keyboard is given back."""
    terminal = Terminal([program, "--follow", f"{folder}/server.log", "--requests"])
    terminal.wait(lambda: "Following 1 log" in terminal.screen.text(), "status line")
    typing = termios.tcgetattr(terminal.descriptor)
    assert not typing[3] & (termios.ECHO | termios.ICANON)
    terminal.press(b"x")
    terminal.press(b"q")
    terminal.wait(terminal.is_restored, "first screen")
    # Asked while somebody still holds the terminal: its settings go with its last user.
    assert termios.tcgetattr(terminal.descriptor)[3] == terminal.settings[3]
    assert terminal.finish() == 0
    assert terminal.main.text() == expected(program, folder, 90, "--requests"), terminal.main.text()


def resize(program, folder):
    """Drawn for the window's new size, at once; never wider, however narrow it is."""
    terminal = Terminal([program, "--follow", f"{folder}/server.log"], rows=40, columns=120)
    terminal.wait(lambda: "Following 1 log" in terminal.screen.text(), "status line")
    for rows, columns in ((20, 70), (10, 40), (1, 20), (50, 150)):
        terminal.resize(rows, columns)
        wanted = expected(program, folder, max(60, columns)).split("\n")[:rows - 1]
        wanted = [line[:columns].rstrip() for line in wanted]
        terminal.wait(lambda: terminal.screen.text().split("\n")[:len(wanted)] == wanted
                      and "Following 1 log"[:columns] in terminal.screen.text(), f"screen of {rows} rows")
    terminal.press(b"\x03")
    assert terminal.finish() == 0 and terminal.is_restored()


def suspend(program, folder):
    """Ctrl-Z gives the terminal back, and going on takes it again."""
    terminal = Terminal([program, "--follow", f"{folder}/server.log"])
    terminal.wait(lambda: "Following 1 log" in terminal.screen.text(), "status line")
    terminal.press(b"\x1a")
    terminal.wait(terminal.is_restored, "first screen")
    while not os.WIFSTOPPED(os.waitpid(terminal.pid, os.WUNTRACED)[1]):
        pass
    append(folder, "rest.log")
    os.kill(terminal.pid, signal.SIGCONT)
    after = expected(program, folder, 90).split("\n")[:29]
    terminal.wait(lambda: terminal.second and terminal.screen.text().split("\n")[:29] == after, "screen again")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.finish() == 0 and terminal.is_restored()


def waiting(program, folder):
    """A log that is not there, then one without a record, then one with."""
    os.rename(f"{folder}/server.log", f"{folder}/first.log")
    terminal = Terminal([program, "--follow", f"{folder}/server.log"], columns=200)
    terminal.wait(lambda: "server.log' is not there; it is waited for." in terminal.screen.text(), "note")
    with open(f"{folder}/server.log", "wb") as log:
        log.write(b"\x1b]0;title\x07 another line\n")
    terminal.wait(lambda: "no record found in 1 line" in terminal.screen.text(), "reason")
    append(folder, "first.log")
    terminal.wait(lambda: "FIX FIRST" in terminal.screen.text(), "report")
    terminal.press(b"\x03")
    assert terminal.finish() == 0 and terminal.is_restored()


def broken(program, folder):
    """Trouble gives the terminal back before it is told: a packed log in a pipe."""
    os.mkfifo(f"{folder}/pipe")
    terminal = Terminal([program, "--follow", f"{folder}/pipe"], columns=200)
    terminal.wait(lambda: terminal.second is not None, "second screen")
    with open(f"{folder}/pipe", "wb") as pipe:
        pipe.write(b"\x1f\x8b\x08" + bytes(100))
        pipe.flush()
        terminal.wait(terminal.is_restored, "first screen")
    assert terminal.finish() == 66 and terminal.is_restored()
    assert "it is packed, and cannot be followed" in terminal.main.text().replace("\n", " ")


def dumb(program, folder):
    """Without cursor movement there is one report, at the end."""
    log = f"{folder}/server.log"
    terminal = Terminal([program, "--follow", log], environment={"TERM": "dumb"})
    # From then on a signal ends it with a report.
    terminal.wait(lambda: terminal.has_open(log), "log that it has open")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.finish() == 0
    assert b"\x1b" not in terminal.output
    assert terminal.main.text() == expected(program, folder, 90), terminal.main.text()


def preview(program, folder):
    """Stands on the first screen while the log is read, and goes; a window of any size has room for it."""
    for rows, columns in ((40, 110), (12, 60), (3, 60)):
        arguments = [program, f"{folder}/large.log"]
        terminal = Terminal(arguments, rows=rows, columns=columns)
        seen = []
        while terminal.read():
            text = terminal.screen.text()
            if "PREVIEW from" in text and text not in seen:
                seen.append(text)
        assert terminal.finish() == 0 and terminal.is_restored()
        assert rows < 10 or seen, "no preview"
        assert "Complete:" not in "".join(seen)
        shown = terminal.main.text()
        assert shown == expected(program, folder, columns, log="large.log"), shown


def no_preview(program, folder):
    """None where it is not wanted, and none on what cannot take it back."""
    for arguments, environment in ((["--no-preview"], None), (["--quiet"], None), (["--tree"], None),
                                   ([], {"TERM": "dumb"})):
        terminal = Terminal([program, f"{folder}/large.log", *arguments], environment=environment)
        assert terminal.finish() == 0
        assert b"PREVIEW" not in terminal.output


def main():
    program, folder, scenario = sys.argv[1:]
    globals()[scenario](program, folder)


main()
