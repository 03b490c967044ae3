"""Runs blocks as they stand in the text, and compares what they print with what it shows."""
import difflib
import os
import re
import signal
import subprocess
import time

from markdown import Wrong

READY = re.compile(r"listening on http")


class Runner:
    """A newcomer's place: a folder with the checkout `hoofprint` in it, a home, and what ran so far."""

    def __init__(self, work, programs, seconds):
        self.work, self.seconds = work, seconds
        self.outputs, self.servers, self.last = {}, [], None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")},
            "HOME": self.folder("home"), "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
        }
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            self.environment.pop(name, None)
        if programs:
            self.put_before_swift(programs)

    def folder(self, *names):
        path = os.path.join(self.work, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def put_before_swift(self, programs):
        """`swift run -c release PROGRAM` runs the program of another build; whatever else swift is asked for, it does."""
        path = os.path.join(self.folder("bin"), "swift")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                "#!/usr/bin/env bash\n"
                "arguments=(\"$@\")\n"
                "if [ \"$1 $2 $3\" = 'run -c release' ]; then\n"
                "    shift 3\n"
                "    [ \"$1\" != --package-path ] || shift 2\n"
                f"    if [ -x '{programs}/'\"$1\" ]; then exec '{programs}/'\"$1\" \"${{@:2}}\"; fi\n"
                "fi\n"
                f"PATH=${{PATH#*:}} exec swift \"${{arguments[@]}}\"\n")
        os.chmod(path, 0o755)
        self.environment["PATH"] = f"{os.path.dirname(path)}:{self.environment['PATH']}"

    def start(self, block):
        """Starts a block's commands, in a session of its own."""
        place = self.folder(block.meant.get("in", "hoofprint"))
        out, err = (open(self.folder("logs") + f"/{block.line}.{kind}", "w+b") for kind in ("out", "err"))
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", block.code], cwd=place, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=out, stderr=err, start_new_session=True)
        return process, out, err

    def run(self, block):
        """Runs a block to its end; raises Wrong where its status is not what the text says."""
        process, out, err = self.start(block)
        try:
            status = process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            status = f"no status: it did not end within {self.seconds} s"
        self.end(process)
        printed = read(out)
        wanted = int(block.meant.get("status", 0))
        if status != wanted:
            raise Wrong(f"{block.place}: status {status} in place of {wanted} of\n{block.code}{printed[-2000:]}{read(err)[-4000:]}")
        self.outputs[block.code], self.last = printed, printed

    def serve(self, block):
        """Starts a block that ends in a server, and waits until it listens."""
        process, out, err = self.start(block)
        self.servers.append(process)
        end = time.monotonic() + self.seconds
        while not READY.search(read(err)):
            if process.poll() is not None or time.monotonic() > end:
                raise Wrong(f"{block.place}: the server does not listen:\n{block.code}{read(err)[-4000:]}")
            time.sleep(0.05)
        self.last = read(out)

    def stop_servers(self):
        while self.servers:
            self.end(self.servers.pop())

    @staticmethod
    def end(process):
        """Ends a block's processes: those that are asked to, and then all."""
        for kind, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, None)):
            try:
                os.killpg(process.pid, kind)
                process.wait(seconds)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue

    def write(self, block):
        path = os.path.join(self.work, block.meant["file"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(block.code)

    def compare(self, block):
        """Compares a shown output with what was printed; a line with … stands for any lines, or for any text in one."""
        command = block.meant["output"].removeprefix("of ")
        printed = self.last
        if command:
            printed = next((text for code, text in self.outputs.items() if command in code), None)
        if printed is None:
            raise Wrong(f"{block.place}: no block was run that it could be the output of")
        shown, actual = ([line.rstrip() for line in text.rstrip("\n").split("\n")] for text in (block.code, printed))
        if not re.fullmatch("\n".join(map(pattern, shown)), "\n".join(actual)):
            diff = "\n".join(difflib.unified_diff(shown, actual, "as shown", "as printed", lineterm="", n=1))
            raise Wrong(f"{block.place}: prints something else than the text shows; if what is printed is right, change the text "
                        f"(trace-report's first screen: scripts/readme-figures --redraw):\n{diff}")


def pattern(line):
    """What a shown line stands for."""
    if line.strip() == "…":
        return r"(?:.*\n)*?.*"
    return ".*".join(re.escape(part) for part in line.split("…"))


def read(file):
    with open(file.name, "rb") as again:
        return again.read().decode("utf-8", "replace")
