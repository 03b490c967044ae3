"""Shows that the soak can fail: plants a fault for each check, which has to find it; see scripts/soak.

usage: planted.py PROGRAMS
"""

import os
import sys
import tempfile
import time
from unittest import mock


import load
import recorder
import recorder_faults
from figures import Figures, seeded
from recorder import Failure, Recorder
from setting import Setting


def cut_log(run):
    """Takes the last half of a log away, as if it had not been written."""
    with open(run.log, "r+b") as log:
        log.truncate(log.seek(0, os.SEEK_END) // 2)


def lose_line(path):
    """Takes one record out of the middle of a log."""
    with open(path, "rb") as log:
        lines = log.readlines()
    del lines[len(lines) // 2]
    with open(path, "wb") as log:
        log.writelines(lines)


def after(method, then):
    """The method, and then something else."""
    def both(self, *arguments):
        result = method(self, *arguments)
        then(self)
        return result

    return both


def recording(name, *patches):
    """A scenario of the recorder with something changed."""
    def run(programs):
        scenario = getattr(recorder_faults, name)
        for patch in patches:
            patch.start()
        try:
            scenario(Setting(programs, 15))
        finally:
            for patch in patches:
                patch.stop()

    return run


def loading(*patches):
    def run(programs):
        for patch in patches:
            patch.start()
        try:
            with tempfile.TemporaryDirectory() as folder:
                server = load.Server("red", f"{folder}/log", f"{programs}/red", "serve", "--store", f"{folder}/store")
                try:
                    load.load(server, "/images", 100, seeded("planted"), time.monotonic() + 30,
                              Figures())
                finally:
                    server.kill()
        finally:
            for patch in patches:
                patch.stop()

    return run


class Growing(load.Resources):
    """A server that keeps two MiB of each round."""

    kept = 0

    def __init__(self, pid):
        super().__init__(pid)
        Growing.kept += 2_048
        self.kib += Growing.kept


def stepping_clock(path, seconds):
    """Sets the clock that durations are measured with, too."""
    with open(path + ".new", "w") as file:
        file.write(f"{abs(seconds) + 86_400 if seconds else 0:+d}")
    os.rename(path + ".new", path)


def monotonic_is_faked(self, *arguments, **options):
    options["environment"] = (options.get("environment") or {}) | {
        "FAKETIME_DONT_FAKE_MONOTONIC": "0", "HOOFPRINT_CLOCK": "monotonic"}
    created(self, *arguments, **options)


created = Recorder.__init__
PLANTED = {
    "kill -9 loses what was flushed": recording("kills", mock.patch.object(Recorder, "kill", after(Recorder.kill, cut_log))),
    "a failing call loses a record that nobody counts": recording(
        "calls", mock.patch.object(Recorder, "finish", after(Recorder.finish, lambda run: lose_line(run.log)))),
    "a full disk loses a record that nobody counts": recording(
        "disk", mock.patch.object(Recorder, "finish", after(Recorder.finish, lambda run: lose_line(run.log)))),
    "durations follow a clock that is set": recording(
        "clock", mock.patch.object(recorder_faults, "set_clock", stepping_clock),
        mock.patch.object(Recorder, "__init__", monotonic_is_faked)),
    "the program stands still": recording(
        "stops", mock.patch.object(recorder, "PATIENCE_SECONDS", 2), mock.patch.object(Recorder, "resume", lambda _: None)),
    "connections are not given back": loading(
        mock.patch.object(load.Round, "end", lambda _: None),
        mock.patch.object(load, "wait", lambda what, is_so: load_wait(what, is_so, 3))),
    "memory grows": loading(mock.patch.object(load, "Resources", Growing)),
    "a body that is too large is taken": loading(
        mock.patch.object(load, "TOO_LARGE", 1_000), mock.patch.object(load, "REFUSAL_SECONDS", 3)),
}
load_wait = load.wait


def main():
    missed = []
    for what, run in PLANTED.items():
        try:
            run(sys.argv[1])
            missed.append(what)
            print(f"planted: {what}: NOT FOUND", flush=True)
        except (Failure, load.Failure) as failure:
            print(f"planted: {what}: found: {failure}", flush=True)
    sys.exit(f"planted: {len(missed)} of {len(PLANTED)} faults were not found" if missed else 0)


main()
