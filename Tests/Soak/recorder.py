"""A program that records when it is told to, whose calls of the system can be made to fail, and what its log then holds."""

import contextlib
import glob
import json
import os
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "ReaderCheck"))

from failing import Tracer  # noqa: E402
from record_format import Damaged, parse  # noqa: E402

# What an order may take: nothing that fails may make the program wait, but the machine may be busy.
PATIENCE_SECONDS = 60


class Failure(Exception):
    """What is not as it was promised, in words."""


class Recorder:
    """hoofprint-scenarios stepped: does so many requests, and a flush, for each order; its log is a file."""

    def __init__(self, programs, folder, name="server.log", environment=None, ring=True, wrapper=()):
        self.folder, self.log = folder, os.path.join(folder, name)
        self.errors = os.path.join(folder, "errors")
        self.sent = self.answered = 0
        self.longest = 0.0
        self.tracer = None
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        clean |= {"HOOFPRINT_SINK": f"file:{self.log}"} | (environment or {})
        if not ring:
            clean["HOOFPRINT_RING"] = "off"
        # It begins when it is told to: then its number is known, and who traces it is there.
        command = ["sh", "-c", 'read -r _; exec "$@"', "sh", *wrapper, f"{programs}/hoofprint-scenarios", "stepped"]
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                command, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0)

    @property
    def pid(self):
        return self.process.pid

    @property
    def logs(self):
        """The log, what it was moved to and the ring files of those that were killed, which are there."""
        return [path for path in (self.log + ".1", self.log) if os.path.exists(path)] + glob.glob(self.log + ".ring.*")

    @property
    def ring(self):
        return f"{self.log}.ring.{self.pid}"

    def files(self, what):
        """The paths of `log`, `ring`, or `probes`: what the kernel tells of a process, as it is opened and as it is then known."""
        if what != "probes":
            return [getattr(self, what)]
        return [f"/proc/{process}/{name}" for process in ("self", "thread-self", self.pid)
                for name in ("fd", "io", "net/tcp", "net/tcp6", "net/udp", "schedstat", "stat", "statm", "status")]

    def fail(self, calls, paths=()):
        """Has calls fail, of all threads there are and will be: those on some files, or all."""
        self.tracer = Tracer(self.pid, calls, paths, os.path.join(self.folder, "strace"))

    def heal(self):
        """Calls succeed again."""
        if self.tracer:
            self.tracer.detach()
            self.tracer = None

    def begin(self):
        self.process.stdin.write(b"\n")

    def order(self, requests):
        self.process.stdin.write(b"%d\n" % requests)
        self.sent += requests

    def wait(self):
        """Waits for an answer."""
        begin = time.monotonic()
        if not select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0]:
            raise Failure(f"the program stands still for {PATIENCE_SECONDS} s")
        if self.process.stdout.readline() != b"done\n":
            self.process.wait()
            raise Failure(f"the program ended with {self.process.returncode}: {self.said()[-2000:]}")
        self.longest = max(self.longest, time.monotonic() - begin)
        self.answered = self.sent

    def step(self, requests=20):
        self.order(requests)
        self.wait()

    def finish(self):
        """Ends it in order."""
        self.process.stdin.close()
        begin = time.monotonic()
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"the program does not end within {PATIENCE_SECONDS} s") from None
        self.longest = max(self.longest, time.monotonic() - begin)
        self.close()
        if status:
            raise Failure(f"the program ended with {status}: {self.said()[-2000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self):
        """Leaves nothing running, however far it came."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.heal()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()

    def signal(self, number):
        self.process.send_signal(number)

    def pause(self):
        """Stops it, as a debugger or a freezer does."""
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def said(self):
        """What it said on standard error."""
        with open(self.errors, errors="replace") as said:
            return said.read()


class LogText:
    """What logs have in them, read by the format's text."""

    def __init__(self, *paths):
        self.records, self.damaged, self.drops, self.ends = {}, 0, {}, {}
        for path in paths:
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as log:
                for line in log.read().split(b"\n"):
                    self.take(line)

    def take(self, line):
        try:
            found = parse(line)
        except Damaged:
            self.damaged += 1
            return
        if found is None:
            return
        kind, session, sequence, fields = found
        self.records.setdefault(session, set()).add(sequence)
        if kind == "drops":
            self.drops[session] = fields["lines"]
        if kind == "end":
            self.ends[session] = fields["reason"]

    def unaccounted(self):
        """Records that are neither there nor declared lost, of the sessions that came to their end; below 0: those that are
        both. One that was killed may have had a number for a record that it had not written."""
        for session, reason in self.ends.items():
            numbers = self.records[session]
            missing = max(numbers) + 1 - len(numbers) - self.drops.get(session, 0)
            if not 0 <= missing <= (reason == "killed"):
                return missing
        return 0

    @property
    def lost(self):
        return sum(self.drops.values())


def report(programs, *logs):
    """What trace-report makes of logs, and how long it took, in seconds."""
    begin = time.monotonic()
    done = subprocess.run([f"{programs}/trace-report", "--format", "json", *logs], capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS)
    if done.returncode:
        raise Failure(f"trace-report ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout), time.monotonic() - begin


def count(report, name="request"):
    """How many calls of a function there were."""
    return sum(function["count"] for function in report["functions"] if function["name"] == name)


def first_screen(programs, *logs):
    """What trace-report says above the ranking, as a user reads it."""
    done = subprocess.run([f"{programs}/trace-report", *logs], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    return done.stdout.partition("FIX FIRST")[0]
