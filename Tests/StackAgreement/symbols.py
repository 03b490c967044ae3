"""Which function an address of a process is in, from the symbol tables of the files mapped there."""

import bisect
import re
import subprocess


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


class ELFFile:
    def __init__(self, path):
        self.segments = []
        for line in output("readelf", "-lW", path).splitlines():
            fields = line.split()
            if fields[:1] == ["LOAD"]:
                offset, address, _, size = (int(field, 16) for field in fields[1:5])
                self.segments.append((offset, address, size))
        lines = output("nm", "-S", "--defined-only", path).splitlines()
        self.is_whole = bool(lines)  # not stripped
        if not lines:
            lines = output("nm", "-D", "-S", "--defined-only", path).splitlines()
        functions = []
        for line in lines:
            fields = line.split()
            if len(fields) == 4 and fields[2] in "tTwWiu":
                functions.append((int(fields[0], 16), int(fields[1], 16), fields[3]))
            elif len(fields) == 3 and fields[1] in "tT":
                functions.append((int(fields[0], 16), 0, fields[2]))  # assembler's: to the next one
        self.functions = sorted(functions)
        self.starts = [function[0] for function in self.functions]

    def name(self, offset):
        for start, address, size in self.segments:
            if start <= offset < start + size:
                return self.named(offset - start + address)
        return None

    def named(self, address):
        at = bisect.bisect_right(self.starts, address) - 1
        # Functions within others, and several names of one.
        for index in range(at, max(-1, at - 8), -1):
            start, size, name = self.functions[index]
            end = start + size if size else self.starts[at + 1] if at + 1 < len(self.starts) else start + 4096
            if start <= address < end:
                return name
        return None


class Process:
    """The files mapped by a process, from lines of /proc/PID/maps."""

    files = {}

    def __init__(self, maps):
        self.maps = []
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)", line)
            start, end, offset = (int(found[index], 16) for index in (1, 2, 4))
            self.maps.append((start, end, offset, found[3], found[5]))

    def is_code(self, address):
        return any(start <= address < end and "x" in access for start, end, _, access, _ in self.maps)

    def find(self, address):
        """The file that an address is of, and the function's name; None for what is not known."""
        for start, end, offset, _, path in self.maps:
            if start <= address < end:
                if not path.startswith("/"):
                    return None, path or None
                if path not in Process.files:
                    Process.files[path] = ELFFile(path)
                file = Process.files[path]
                return file, file.name(address - start + offset)
        return None, None


ASYNC = re.compile(r"^\$s.*(T[YQ]\d+_|YaK?F|YaK?FZ|YaK?cfU\d*_)$")


def is_async(name):
    return bool(name and ASYNC.match(name))
