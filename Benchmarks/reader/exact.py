#!/usr/bin/env python3
"""Compares what trace-report says of logs with what DuckDB computes from the same lines.

    Benchmarks/reader/exact.py [--program PATH] LOG…

LOG             of a server in mode `every`, whole: DuckDB knows of no checksum
--program PATH  trace-report (.build/release/trace-report)

For each log and function: calls, time, own time, on-CPU time, the longest call and errors have to be the same; percentiles may
differ by 0.8 %. Exit status: 0 all are, 1 some are not, 2 something could not be run.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
try:
    import duckdb  # noqa: F401
except ImportError:
    if os.environ.get("HOOFPRINT_READER_PEERS"):
        raise
    made = subprocess.run([os.path.join(HERE, "environment")], stdout=subprocess.PIPE, text=True, check=True)
    python = made.stdout.strip()
    os.environ["HOOFPRINT_READER_PEERS"] = python
    os.execv(python, [python, "-B", *sys.argv])

import queries

EXACT = ["count", "total_ns", "self_ns", "cpu_ns", "max_ns", "errors"]
# Members of the report, and the per mille of the calls that took at most so long.
QUANTILES = {"p50_ns": 500, "p90_ns": 900, "p95_ns": 950, "p99_ns": 990, "p999_ns": 999}
MAXIMUM_ERROR = 0.008


def text(value):
    """A field's text: every byte that is not plain stands as %XX."""
    parts = value.encode().split(b"%")
    return (parts[0] + b"".join(bytes([int(part[:2], 16)]) + part[2:] for part in parts[1:])).decode(errors="replace")


class Log:
    """A log, in DuckDB."""

    def __init__(self, path):
        self.connection, self.lines = queries.duckdb_log(path)
        spans = queries.duckdb_spans(self.lines, ", contains(line, ' error=') as failed")
        self.connection.execute("create temp table spans as " + spans)
        places = self.records(
            "callsite", r"id=([0-9]+) name=([^ ]*) function=([^ ]*) file=([^ ]*) line=([0-9]+)", 5)
        self.places = {
            (session, callsite): (text(name), text(function), text(file), int(line))
            for session, callsite, name, function, file, line in places
        }
        paths = self.records("path", r"id=([0-9]+) parent=([0-9]+) callsite=([0-9]+)", 3)
        self.paths = {(session, path): (parent, callsite) for session, path, parent, callsite in paths}

    def records(self, kind, pattern, count):
        names = ["session"] + [f"f{index}" for index in range(count)]
        pattern = f"~hp1 {kind} ([0-9a-f]{{16}}) [0-9]+ {pattern}"
        fields = ", ".join(f"field.{name}" for name in names)
        return self.connection.execute(f"""
            select distinct {fields} from (
                select regexp_extract(line, '{pattern}', {names}) as field
                from {self.lines} where contains(line, '~hp1 {kind} '))""").fetchall()

    def place(self, session, path):
        return self.places[session, self.paths[session, path][1]]

    def recurs(self, session, path):
        """Whether the path is under a path of the same function, whose time its own is part of."""
        place, above = self.place(session, path), self.paths[session, path][0]
        while (session, above) in self.paths:
            if self.place(session, above) == place:
                return True
            above = self.paths[session, above][0]
        return False

    def functions(self):
        rows = self.connection.execute("""
            select session, path::varchar, count(*), sum(took), sum(own), sum(cpu), max(took), sum(failed::int)
            from spans group by all""").fetchall()
        found = collections.defaultdict(collections.Counter)
        self.connection.execute("create temp table places (session varchar, path ubigint, place integer)")
        numbers = {}
        for session, path, count, took, own, cpu, longest, failed in rows:
            place = self.place(session, path)
            one = found[place]
            once = 0 if self.recurs(session, path) else 1
            one.update(
                count=count, total_ns=once * int(took), self_ns=int(own), cpu_ns=once * int(cpu), errors=int(failed))
            one["max_ns"] = max(one["max_ns"], longest)
            number = numbers.setdefault(place, len(numbers))
            self.connection.execute("insert into places values (?, ?, ?)", [session, int(path), number])
        self.add_quantiles(found, numbers)
        return found

    def add_quantiles(self, found, numbers):
        """The duration of rank ⌈share · calls⌉."""
        shares = ", ".join(
            f"durations[(len(durations) * {share} + 999) // 1000] as {name}" for name, share in QUANTILES.items())
        rows = self.connection.execute(f"""
            select place, {shares} from (
                select place, list(took order by took) as durations from spans join places using (session, path)
                group by place)""").fetchall()
        places = {number: place for place, number in numbers.items()}
        for place, *durations in rows:
            found[places[place]].update(dict(zip(QUANTILES, durations)))


def compare(path, program):
    """Prints what differs. Returns whether nothing does."""
    ran = subprocess.run([program, path, "--format", "json"], capture_output=True, text=True)
    if ran.returncode:
        print(f"exact: {program} {path}: status {ran.returncode}: {ran.stderr.strip()}", file=sys.stderr)
        sys.exit(2)
    report = json.loads(ran.stdout)
    ours = {(one["name"], one["function"], one["file"], one["line"]): one for one in report["functions"]}
    theirs = Log(path).functions()
    differences, worst = [], collections.defaultdict(float)
    for place in sorted(set(ours) ^ set(theirs)):
        differences.append(f"{place}: only {'trace-report' if place in ours else 'DuckDB'} has it")
    for place in sorted(set(ours) & set(theirs)):
        one, other = ours[place], theirs[place]
        for name in EXACT:
            if one[name] != other[name]:
                differences.append(f"{place[0]} {name}: {one[name]}, DuckDB {other[name]}")
        for name in QUANTILES:
            # A report need not have all of them.
            if one.get(name) is None:
                continue
            error = abs(one[name] - other[name]) / max(1, other[name])
            worst[name] = max(worst[name], error)
            # A whole nanosecond is no error.
            if error > MAXIMUM_ERROR and abs(one[name] - other[name]) > 1:
                differences.append(f"{place[0]} {name}: {one[name]}, DuckDB {other[name]}: {100 * error:.2f} %")
    calls = sum(one["count"] for one in theirs.values())
    errors = ", ".join(f"{name} {100 * error:.2f} %" for name, error in worst.items())
    print(f"{path}: {len(theirs)} functions, {calls:,} calls: {len(differences)} differences; largest errors: {errors}")
    for difference in differences[:20]:
        print("  " + difference)
    return not differences


def main():
    parser = argparse.ArgumentParser(prog="exact.py")
    parser.add_argument("logs", nargs="+", metavar="LOG")
    parser.add_argument("--program", default=os.path.join(HERE, "../../.build/release/trace-report"))
    arguments = parser.parse_args()
    return 0 if all([compare(log, arguments.program) for log in arguments.logs]) else 1


if __name__ == "__main__":
    sys.exit(main())
