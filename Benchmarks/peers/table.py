"""Makes the table of peers from the lines that the programs printed; `run` calls it."""

import re
import statistics
import sys

US = "Hoofprint"
FLOOR = "two bare time-stamp reads"

# Measured on 2026-11-24 on the same kind of machine, in another run: ns on one and on two threads, and two bare reads there.
QUOTED = [
    ("Tracy 0.14, no server (quoted, other run)", {1: 46.1, 2: 48.7}, {1: 19.36, 2: 19.28}),
    ("fastrace 0.7.16, 1000 a root (quoted, other run)", {1: 95.5, 2: 93.0}, {1: 19.36, 2: 19.28}),
]

# What is promised: a peer, and how many times faster than it we are.
PROMISED = [
    ("LTTng-UST, session on", 7),
    ("uftrace record", 3),
    ("swift-distributed-tracing, no tracer", 10),
    ("swift-log, two lines", 200),
]

LINE = re.compile(r"(?P<name>.+) threads=(?P<threads>\d+) ns=(?P<ns>[\d.]+) floor=(?P<floor>[\d.]+)")
DISCARDED = re.compile(r"(?P<name>.+) threads=(?P<threads>\d+) discarded=(?P<discarded>\d+) events=(?P<events>\d+)")


class Results:
    """What the programs printed: by row and thread count, the runs' figures."""

    def __init__(self, lines):
        self.ns, self.floors, self.ratios, self.discarded, self.notes = {}, {}, {}, {}, []
        for line in lines:
            line = line.strip()
            if match := LINE.fullmatch(line):
                key = match["name"], int(match["threads"])
                ns, floor = float(match["ns"]), float(match["floor"])
                self.ns.setdefault(key, []).append(ns)
                self.ratios.setdefault(key, []).append(ns / floor)
                self.floors.setdefault(key[1], []).append(floor)
            elif match := DISCARDED.fullmatch(line):
                sums = self.discarded.setdefault(int(match["threads"]), [0, 0])
                sums[0] += int(match["discarded"])
                sums[1] += int(match["events"])
            elif line.startswith("note="):
                self.notes.append(line.removeprefix("note="))
            else:
                raise SystemExit(f"table: cannot read the line '{line}'")

    def names(self):
        return list(dict.fromkeys(name for name, _ in self.ns))

    def median(self, name, threads):
        if name == FLOOR:
            return statistics.median(self.floors[threads])
        return statistics.median(self.ns[name, threads])

    def to_floor(self, name, threads):
        """How many times two bare reads, each run compared to the reads in its own rounds."""
        return 1.0 if name == FLOOR else statistics.median(self.ratios[name, threads])


def row(name, cells):
    one, two = cells[1], cells[2]
    columns = [f"{cell[0]:10.1f}{cell[1]:9.2f}{cell[2]:9.1f}" for cell in (one, two)]
    return f"{name:<50}{''.join(columns)}{two[0] / one[0]:9.2f}"


def table(results):
    yield f"{'a span: begin and end':<50}{'one thread':>28}{'two threads':>28}"
    yield f"{'':<50}" + f"{'ns':>10}{'x reads':>9}{'x us':>9}" * 2 + f"{'2T / 1T':>9}"
    for name in [FLOOR] + results.names():
        cells = {}
        for threads in (1, 2):
            ns = results.median(name, threads)
            cells[threads] = ns, results.to_floor(name, threads), ns / results.median(US, threads)
        yield row(name, cells)
    for name, ns, floor in QUOTED:
        cells = {}
        for threads in (1, 2):
            ratio = ns[threads] / floor[threads]
            cells[threads] = ns[threads], ratio, ratio / results.to_floor(US, threads)
        yield row(name, cells)


def foot(results):
    yield "x reads: against two bare time-stamp reads timed in turns with the spans, in the same process."
    yield "Quoted rows: measured on 2026-11-24, same kind of machine; both ratios use the bare reads of that run."
    for threads, (discarded, events) in sorted(results.discarded.items()):
        yield f"LTTng-UST, session on, threads: {threads}: {discarded} of {events} events discarded."
    yield from results.notes


def verdicts(results):
    """What is promised, what was measured, and whether that is enough."""
    for threads in (1, 2):
        ratio = results.to_floor(US, threads)
        yield f"at most 1.25 x two bare reads, threads: {threads}", ratio, ratio <= 1.25
    ratio = results.to_floor(US, 2) / results.to_floor(US, 1)
    yield "two threads at most 1.05 x one, each against its own bare reads", ratio, ratio <= 1.05
    for name, factor in PROMISED:
        for threads in (1, 2):
            ratio = results.median(name, threads) / results.median(US, threads)
            yield f"at least {factor} x faster than {name}, threads: {threads}", ratio, ratio >= factor


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        results = Results(lines)
    print("\n".join(table(results)))
    print()
    print("\n".join(foot(results)))
    print()
    is_met = True
    for promise, measured, holds in verdicts(results):
        print(f"{'met   ' if holds else 'MISSED'}  {measured:8.2f}  {promise}")
        is_met = is_met and holds
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
