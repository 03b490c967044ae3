"""The processes of a soak: servers that are ended and started again."""

import glob
import os
import signal
import socket
import subprocess
import time


class Failure(Exception):
    """What is not as it should be, in words."""


def wait(what, is_so, seconds=60):
    """Waits until something is so; fails where it takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server that says where it listens; each start has a port of its own, unless it is given one."""

    def __init__(self, name, log, *command, port=0, environment=None):
        self.name, self.log, self.port = name, log, port
        self.command = [*command, "--port", str(port)]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        self.environment |= {"HOOFPRINT": "off"} | (environment or {})
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            begin = os.path.getsize(self.log)
            self.process = subprocess.Popen(self.command, env=self.environment, stderr=log)
        while True:
            ended = self.process.poll()
            with open(self.log) as said:
                said.seek(begin)
                for line in said:
                    if line.startswith("listening on ") and line.endswith("\n"):
                        self.port = int(line.rsplit(":", 1)[1])
                        return
            if ended is not None:
                raise Failure(f"{self.name} ended with {ended}:\n{self.text()}")
            time.sleep(0.02)

    def text(self):
        """The end of what it said, and from where it says that it is fatal."""
        with open(self.log, errors="replace") as said:
            text = said.read()
        begin = text.rfind("Fatal error")
        return text[-4_000:] if begin < 0 else text[max(0, begin - 200):begin + 8_000]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait()


class Clock:
    """A clock that is set: what programs with its `environment` take for the time of day."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "clock")
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not found:
            raise Failure("libfaketime is not installed; scripts/setup installs it")
        # Timers go on as they do where a real clock is set.
        self.environment = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.set(0)

    def set(self, seconds):
        """So many seconds ahead of the machine's clock, or behind it."""
        with open(self.path + ".new", "w") as file:
            file.write(f"{seconds:+d}")
        os.rename(self.path + ".new", self.path)


class Background:
    """A child that ends with us."""

    def __init__(self, command, environment, log):
        with open(log, "a") as output:
            self.process = subprocess.Popen(command, env=os.environ | environment, stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)

    def end(self, number=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait()
