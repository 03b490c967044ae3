"""A terminal that a program runs on, and what it shows: as much of ECMA-48 and of xterm's sequences as trace-report uses.

Whatever else the program writes is an error, so is a line that is wider than the window.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])")
PATIENCE = 60


class Screen:
    """Rows of text, and where the cursor is."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines = [""] * rows
        self.row = self.column = 0
        self.history = []

    def put(self, character):
        width = 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        assert self.column + width <= self.columns, f"a line wider than {self.columns}: {self.lines[self.row]!r}"
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
        self.column += width

    def feed(self):
        self.row += 1
        if self.row == self.rows:
            self.history.append(self.lines.pop(0))
            self.lines.append("")
            self.row -= 1

    def text(self):
        return "\n".join(line.rstrip() for line in self.history + self.lines).rstrip()


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, arguments, rows=30, columns=90, environment=None):
        self.rows, self.columns = rows, columns
        self.main, self.second = Screen(rows, columns), None
        self.modes = {"?25": True, "?7": True}
        self.pending = b""
        self.output = b""
        self.changes = 0
        self.status = None
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            variables = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
            variables.update({"TERM": "xterm", "HOOFPRINT": "off"}, **(environment or {}))
            os.execve(arguments[0], arguments, variables)
        self.settings = termios.tcgetattr(self.descriptor)

    @property
    def screen(self):
        return self.second or self.main

    def resize(self, rows, columns):
        """Does what a terminal does whose window is dragged; the program redraws its second screen."""
        self.rows, self.columns = rows, columns
        # What stands on the first screen would be wrapped anew; here nothing does.
        assert not self.main.text()
        self.main, self.second = Screen(rows, columns), Screen(rows, columns) if self.second else None
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys):
        os.write(self.descriptor, keys)

    def read(self, seconds=0.05):
        """Takes what the program writes; false where it has ended."""
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            data = b""
        if not data:
            return False
        self.output += data
        self.show(self.pending + data)
        return True

    def wait(self, condition, what):
        """Waits for what the screen shows."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.read(), f"it ended before {what}:\n{self.screen.text()}"
            assert time.monotonic() < end, f"no {what}:\n{self.screen.text()}"

    def has_open(self, path):
        """Whether the program has a file open."""
        folder = f"/proc/{self.pid}/fd"
        for descriptor in os.listdir(folder):
            try:
                if os.path.samefile(f"{folder}/{descriptor}", path):
                    return True
            except FileNotFoundError:
                # It was closed meanwhile, or is no file with a name.
                pass
        return False

    def finish(self):
        """Waits for its end."""
        end = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < end, f"it does not end:\n{self.screen.text()}"
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.descriptor)
        return self.status

    def is_restored(self):
        """Whether the terminal is as it was found."""
        return self.second is None and all(self.modes.values())

    def kill(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def show(self, data):
        try:
            text, self.pending = data.decode(), b""
        except UnicodeDecodeError as error:
            assert error.start > len(data) - 4, "no UTF-8"
            text, self.pending = data[:error.start].decode(), data[error.start:]
        cut = text.rfind("\x1b", max(0, len(text) - 12))
        if cut >= 0 and not SEQUENCE.match(text, cut):
            self.pending = text[cut:].encode() + self.pending
            text = text[:cut]
        index = 0
        while index < len(text):
            match = SEQUENCE.match(text, index)
            if match:
                self.obey(match[1], match[2])
                index = match.end()
                continue
            character = text[index]
            index += 1
            if character == "\r":
                self.screen.column = 0
            elif character == "\n":
                self.screen.feed()
            else:
                assert character.isprintable(), f"control character {character!r}"
                self.screen.put(character)

    def obey(self, numbers, final):
        screen = self.screen
        number = int(numbers) if numbers.isdigit() else 0
        if final == "m":
            return
        if final == "H":
            row, column = [int(n) for n in numbers.split(";")] if numbers else (1, 1)
            assert 1 <= row <= self.rows and 1 <= column <= self.columns, f"row {row} of {self.rows}"
            screen.row, screen.column = row - 1, column - 1
            self.changes += 1
        elif final == "A":
            assert number <= screen.row, f"up by {number} from row {screen.row}"
            screen.row -= number
        elif final == "K":
            screen.lines[screen.row] = screen.lines[screen.row][:screen.column]
        elif final == "J":
            if numbers == "2":
                screen.lines = [""] * self.rows
            else:
                screen.lines[screen.row] = screen.lines[screen.row][:screen.column]
                screen.lines[screen.row + 1:] = [""] * (self.rows - screen.row - 1)
        elif numbers == "?1049":
            assert (final == "h") == (self.second is None), "a second screen twice"
            self.second = Screen(self.rows, self.columns) if final == "h" else None
        elif numbers in self.modes:
            self.modes[numbers] = final == "h"
        else:
            raise AssertionError(f"unknown sequence {numbers!r} {final!r}")
