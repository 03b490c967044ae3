"""What scripts/check-reader runs: check_reader.py READER_CHECK FOLDER LOGS SEED. Keeps logs that differ in FOLDER.

Functions, requests and all else have to be the same in however many parts. In damaged and cut logs the `timeline` and
how fast counters grew are not compared: a record belongs to the clock that was read before it, and where that is lost
or moved, parts know less than the whole. Percentiles are held against all durations that a function's buckets can
stand for: what is at rank ⌈q·n⌉ lies between the lowest and the highest of these, within 0.8 %, and not over the
maximum. They are not compared where a part of a histogram is lost.
"""
import json
import pathlib
import random
import subprocess
import sys
import threading
import time

from generator import log
from mutations import mutated, wrapped
from reference import Reader

NUMBERS = ("count", "total_ns", "self_ns", "cpu_ns", "max_ns", "errors")
MOST = 2**64 - 1
HANG_SECONDS = 20
WAYS = [(parts, vectors) for parts in (1, 2, 3, 7) for vectors in (1, 0)]


class Program:
    """reader-check read: a report for each request."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def reports(self, file):
        """The reports of one log in every way, as lines. Raises EOFError where the program has ended."""
        self.process.stdin.write(b"".join(b"%d %d %s\n" % (*way, str(file).encode()) for way in WAYS))
        self.process.stdin.flush()
        # A log of some kilobytes takes milliseconds; one that hangs ends like a crash.
        limit = threading.Timer(HANG_SECONDS, self.process.kill)
        limit.start()
        lines = [self.process.stdout.readline() for _ in WAYS]
        limit.cancel()
        if not all(lines):
            raise EOFError(f"reader-check ended with status {self.process.wait()}")
        return lines


def quantile_mistake(name, value, durations, share, most):
    """Why a percentile cannot be what the histogram says; None: it can."""
    if not durations:
        return None if value is None else f"{name}: {value} of nothing"
    rank = -(-sum(count for *_, count in durations) * share // 100)

    def at_rank(side):
        reached = 0
        for duration in sorted(durations, key=lambda duration: duration[side]):
            reached += duration[2]
            if reached >= rank:
                return duration[side]
        return 0

    low, high = min(at_rank(0), most) * 0.992 - 2, at_rank(1) * 1.008 + 2
    return None if value is not None and low <= value <= high else f"{name}: {value}, not in {low:.0f}…{high:.0f}"


def without_times(report):
    """A report without what depends on which clocks are kept."""
    report = json.loads(report) | {"timeline": None}
    for counter in report["resources"]["counters"]:
        del counter["growth_per_second"]
    return json.dumps(report)


def differences(report, reader):
    """What a report says otherwise than the reference."""
    found = {key: report["inputs"][0][key] for key in reader.input()}
    mistakes = [] if found == reader.input() else [f"inputs: {found}, not {reader.input()}"]
    functions, expected = {}, reader.functions()
    for function in report["functions"]:
        functions[tuple(function[key] for key in ("name", "function", "file", "line"))] = function
    if set(functions) != set(expected):
        mistakes.append(f"functions: {set(functions) ^ set(expected)}")
    for place in set(functions) & set(expected):
        function, (*numbers, durations) = functions[place], expected[place]
        got, wanted = [function[key] for key in NUMBERS], [min(number, MOST) for number in numbers]
        if reader.circles:
            # Which path of a circle counts as the outermost is not said.
            got[1:4:2] = wanted[1:4:2]
        if got != wanted:
            mistakes.append(f"{place}: {got}, not {wanted}")
        elif durations is not None:
            checks = [quantile_mistake(f"p{share}", function[f"p{share}_ns"], durations, share, numbers[4])
                      for share in (50, 95, 99)]
            mistakes += [f"{place}: {mistake}" for mistake in checks if mistake]
    return mistakes


def main():
    program, folder, logs, seed = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    reader_check = Program(program)
    records = torn = failures = total = intact = 0
    slowest = 0.0
    for number in range(logs):
        chance = random.Random(seed + number)
        whole = log(chance)
        damaged = mutated(chance, whole)
        kind, content, is_whole = wrapped(chance, damaged)
        is_whole = is_whole and damaged == whole
        file = folder / f"{seed + number}.log"
        file.write_bytes(content)
        reference = Reader(content)
        start = time.monotonic()
        try:
            reports = reader_check.reports(file)
            mistakes = differences(json.loads(reports[0]), reference)
            alike = reports if is_whole else [without_times(report) for report in reports]
            others = [way for way, report in zip(WAYS, alike) if report != alike[0]]
            mistakes += [f"{way}: another report" for way in others]
            intact += is_whole
        except EOFError as error:
            mistakes = [str(error)]
            reader_check = Program(program)
        slowest = max(slowest, time.monotonic() - start)
        counts = reference.input()
        records, torn, total = records + counts["records"], torn + counts["torn"], total + len(content)
        if mistakes:
            failures += 1
            print(f"check-reader: {file} ({kind}): " + "; ".join(mistakes)[:2000])
        else:
            file.unlink()
    print(f"check-reader: {logs} logs from seed {seed}, {total} bytes, {records} records, {torn} torn, {intact} intact;"
          f" each read in {len(WAYS)} ways, the slowest took {slowest:.2f} s; {failures} differ")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
