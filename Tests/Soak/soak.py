"""Shares a time out over the parts of the soak, runs them, and tells their figures; see scripts/soak.

usage: soak.py PROGRAMS KEPT BUDGET|--short [PART…]
"""

import concurrent.futures
import math
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
import time

from parts import parts

# How many parts are run at a time: much of what they do is waiting.
LANES = 2
UNITS = {"s": 1, "m": 60, "h": 3_600}
# What is left to each for its start and its end, of the whole.
USED = 0.95
# Under it nothing is compiled apart: that takes longer than the parts.
COMPILED_FROM_SECONDS = 300


class Run:
    """A part with its time: once it was run, with its output, how long it took and whether it kept its promise."""

    def __init__(self, part, seconds, command):
        self.part, self.seconds, self.command = part, seconds, command
        self.output, self.took, self.verdict, self.process = "", 0.0, "left out", None

    def __call__(self, kept):
        folder, begin = os.path.join(kept, self.part.name), time.monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "output")
        with open(path, "w") as output:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=os.environ | {"TMPDIR": folder}, start_new_session=True)
            try:
                status = self.process.wait(self.seconds * 3 + 300)
                self.verdict = "kept" if status == 0 else f"BROKEN (exit status {status})"
            except subprocess.TimeoutExpired:
                self.end()
                self.verdict = "BROKEN (does not end)"
        self.took = time.monotonic() - begin
        with open(path, errors="replace") as output:
            self.output = output.read()
        if self.verdict == "kept":
            shutil.rmtree(folder, ignore_errors=True)
        print(f"soak: {self.part.name}, {self.took:.0f} s: {self.verdict}", flush=True)
        if self.verdict != "kept":
            print(textwrap.indent("\n".join(self.output.splitlines()[-20:]), "    "), flush=True)
        return self

    def end(self):
        """Ends what it started, too."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def budget_seconds(text):
    """Seconds of a time as `30s`, `10m` or `2h`."""
    found = re.fullmatch(r"(\d+)([smh])", text)
    if not found or int(found[1]) == 0:
        sys.exit(usage(f"'{text}' is no time; give one as 30s, 10m or 2h"))
    return int(found[1]) * UNITS[found[2]]


def least_budget(part):
    """Under so many seconds a part is left out, even where it is alone."""
    return max(math.ceil(part.least / USED), COMPILED_FROM_SECONDS if part.builds else 0)


def usage(text):
    print(f"soak: {text}. See scripts/soak --help", file=sys.stderr)
    return 2


def shared(all_parts, seconds):
    """Each part with its time; those that the time does not reach have none."""
    room, times = LANES * seconds * USED, {}
    for part in all_parts:
        if part.builds and seconds < COMPILED_FROM_SECONDS:
            continue
        if part.least <= seconds * USED and sum(times.values()) + part.least <= room:
            times[part.name] = part.least
    # What is left, in turns: a part that has its most gives its share to the others.
    while (left := room - sum(times.values())) > 1:
        open_parts = [part for part in all_parts if part.share and part.name in times
                      and times[part.name] < min(part.most or seconds, seconds * USED)]
        if not open_parts:
            break
        shares = sum(part.share for part in open_parts)
        for part in open_parts:
            most = min(part.most or seconds, seconds * USED)
            times[part.name] = min(most, times[part.name] + left * part.share / shares)
    return {name: int(time) for name, time in times.items()}


def compile_for(runs, kept):
    """Compiles what parts need, one after the other."""
    for run in runs:
        if not run.part.builds:
            continue
        print(f"soak: compiling for {run.part.name}", flush=True)
        log = os.path.join(kept, f"{run.part.name}.build")
        with open(log, "w") as output:
            status = subprocess.run(run.part.builds, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
        if status:
            run.verdict = f"BROKEN ({shlex.join(run.part.builds)} ended with {status}; see {log})"
        else:
            os.remove(log)


def table(all_parts, runs):
    """Rows of all parts: what was done, how often, the worst figure, the verdict."""
    width = max(len(part.name) for part in all_parts)
    by_name, lines = {run.part.name: run for run in runs}, []
    for part in all_parts:
        run = by_name.get(part.name)
        if run is None:
            lines.append(f"{part.name:<{width}}     –  left out: it needs {least_budget(part)} s")
            continue
        done, worst = part.read(run.output)
        lines.append(f"{part.name:<{width}} {run.took:4.0f} s  {run.verdict}: {part.promise}")
        for label, text in (("done", done), ("worst", worst)):
            lines += textwrap.wrap(text, 128, initial_indent=" " * (width + 9) + f"{label}: ",
                                   subsequent_indent=" " * (width + 16)) if text else []
    return "\n".join(lines)


def short_runs(all_parts):
    """The short form: the longest first, so that the lanes end together."""
    runs = [Run(part, part.short or part.least, part.shortened or part.command(part.short))
            for part in all_parts if part.short or part.shortened]
    return sorted(runs, key=lambda run: -run.seconds)


def chosen_runs(all_parts, text):
    seconds = budget_seconds(text)
    times = shared(all_parts, seconds)
    if not times:
        least = min(map(least_budget, all_parts))
        sys.exit(usage(f"in {text} nothing can be shown; the least is {least} s"))
    if missing := [part.name for part in all_parts if part.name not in times]:
        needed = max(*map(least_budget, all_parts), sum(part.least for part in all_parts) / LANES / USED)
        print(f"soak: {text} is too short for {', '.join(missing)}; all need {needed / 60:.0f} minutes")
    runs = [Run(part, times[part.name], part.command(times[part.name])) for part in all_parts if part.name in times]
    return sorted(runs, key=lambda run: -run.seconds)


def main():
    programs, kept, budget, *names = sys.argv[1:]
    seed = os.environ.setdefault("SOAK_SEED", str(random.randrange(1 << 32)))
    all_parts = parts(programs)
    if unknown := set(names) - {part.name for part in all_parts}:
        sys.exit(usage(f"there is no part '{min(unknown)}'; these are: {', '.join(part.name for part in all_parts)}"))
    all_parts = [part for part in all_parts if not names or part.name in names]
    is_short = budget == "--short"
    runs = short_runs(all_parts) if is_short else chosen_runs(all_parts, budget)
    os.makedirs(kept, exist_ok=True)
    print(f"soak: SOAK_SEED={seed}; {len(runs)} parts, {LANES} at a time", flush=True)
    if not is_short:
        compile_for(runs, kept)
    begin, pool = time.monotonic(), concurrent.futures.ThreadPoolExecutor(LANES)
    ready = [run for run in runs if run.verdict == "left out"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        list(pool.map(lambda run: run(kept), ready))
    finally:
        for run in ready:
            if run.process and run.process.poll() is None:
                run.end()
    broken = [run.part.name for run in runs if run.verdict != "kept"]
    print(f"\n{table([part for part in all_parts if not is_short or part.short or part.shortened], runs)}\n")
    print(f"soak: {time.monotonic() - begin:.0f} s, SOAK_SEED={seed}: " + (
        f"broken: {', '.join(broken)}; what they wrote is in {kept}" if broken else "every promise was kept"))
    sys.exit(1 if broken else 0)


main()
