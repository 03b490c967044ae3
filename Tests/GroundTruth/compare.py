#!/usr/bin/env python3
"""compare.py FOLDER REPORT: compares the report of a run with the truth that the program wrote in FOLDER.

Prints a line for each function and a summary. Exit status 1: something differs by more than it may.
"""

import dataclasses
import json
import pathlib
import sys

import truth

# Times may differ by this share.
TOLERANCE = 0.02
# Percentiles may by half the width of a histogram's bucket.
HALF_BUCKET = 0.008
# What the report is to say that a sync function does, by its kind. How much of a write is the kernel's work and how much the
# disk's is no plan's but the machine's: the first is measured, and when the disk is done the thread waits for a processor,
# which no clock of the program tells from the disk: a function that waits by its clocks may also be said to do both.
SYNC_NAMES = {"spin": "computes", "sleep": "waits sleep", "lock": "waits lock", "network": "waits network",
              "spin+sleep": "both sleep"}
# How well the share of a wait is known from 200 looks a second.
LOOKS_ERROR = 0.05
# The share that an async function computes is estimated from stack samples, and printed with a 95 % interval. Of some hundred
# functions none is to be outside of one so many times as wide, in which 999 of 1,000 are; what a sample stands for is estimated, too.
WIDER = 3.29 / 1.96
PERIOD_ERROR = 0.02


@dataclasses.dataclass
class Compared:
    name: str
    kind: str
    is_async: bool
    truth: truth.Truth
    report: dict
    differences: dict = dataclasses.field(default_factory=dict)
    # By how much they are outside of the bounds of the truth, and how far these are apart.
    outside: dict = dataclasses.field(default_factory=dict)
    widths: dict = dataclasses.field(default_factory=dict)
    named: str = ""
    # True shares on CPU, and the intervals that were printed.
    shares: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)

    def check(self, what, reported, lower, upper, share):
        """Notes by how much a time differs from the lower bound, and whether it is too far outside of both."""
        self.differences[what] = (reported - lower) / lower if lower else 0.0
        self.outside[what] = abs(reported - min(max(reported, lower), upper)) / max(1, upper)
        self.widths[what] = (upper - lower) / max(1, upper)
        if not lower * (1 - share) <= reported <= upper * (1 + share):
            self.faults.append(f"{what} {reported / 1e6:.3f} ms, truly {lower / 1e6:.3f}–{upper / 1e6:.3f} ms")


def compare(function, truth, report):
    compared = Compared(function["name"], function["kind"], function["is_async"], truth, report)
    if report["count"] != truth.count:
        compared.faults.append(f"{report['count']} calls, truly {truth.count}")
    for what in ("total", "self", "cpu"):
        bounds = getattr(truth, what)
        compared.check(what, report[what + "_ns"], bounds.lower, bounds.upper, TOLERANCE)
    compared.check("cpu at most", report["cpu_ns"], 0, truth.whole_cpu, TOLERANCE)
    for what, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        bounds = truth.quantile(share)
        compared.check(what, report[what + "_ns"], bounds.lower, bounds.upper, HALF_BUCKET)
    longest = truth.quantile(1)
    compared.check("max", report["max_ns"], longest.lower, longest.upper, 0.001)
    name(compared)
    return compared


def name(compared):
    """Notes what the report says that the function does, and whether it does."""
    verdict = compared.report["verdict"]
    compared.named = " ".join(filter(None, (verdict["does"], verdict["waits_for"])))
    own_cpu, own = compared.truth.own_cpu, compared.truth.self
    if compared.is_async:
        share = own_cpu.lower / max(1, own.lower)
        error = 0
        if verdict["on_cpu_interval"]:
            lower, upper = verdict["on_cpu_interval"]
            error = max(upper - verdict["on_cpu"], verdict["on_cpu"] - lower) * WIDER + PERIOD_ERROR
            compared.shares.append((share, lower - PERIOD_ERROR, upper + PERIOD_ERROR))
            if abs(verdict["on_cpu"] - share) > error:
                compared.faults.append(f"{verdict['on_cpu']:.2f} on CPU ({lower:.2f}–{upper:.2f}), truly {share:.2f}")
        right = verbs(share - error, share + error, "awaits")
        if verdict["on_cpu_interval"] and lower < 0.3 and upper > 0.7:
            right = {"unsure"}
    elif compared.kind == "disk":
        right = verbs(own_cpu.lower / own.upper - LOOKS_ERROR, own_cpu.upper / max(1, own.lower) + LOOKS_ERROR, "waits")
        right = {verb if verb == "computes" else verb + " disk" for verb in right | {"both"}}
    else:
        right = {SYNC_NAMES[compared.kind]}
    if compared.named not in right:
        compared.faults.append(f"named '{compared.named}', truly '{' or '.join(sorted(right))}'")


def verbs(least, most, otherwise):
    """What may be said of a function of whose time a share between these is computing, by the report's documentation."""
    return {verb for verb, is_right in ((otherwise, least <= 0.3), ("both", most > 0.3 and least < 0.7),
                                        ("computes", most >= 0.7)) if is_right}


def order_faults(compared):
    """Pairs of functions that the report ranks the other way round: those too far apart for that, and the others."""
    wrong, close = [], []
    for key, name in (("self", "self_ns"), ("total", "total_ns")):
        ranked = sorted(compared, key=lambda c: -c.report[name])
        for at, first in enumerate(ranked):
            for second in ranked[at + 1:]:
                above, below = getattr(first.truth, key).lower, getattr(second.truth, key).lower
                if below > above:
                    (wrong if below > above * (1 + TOLERANCE) else close).append((key, first.name, second.name))
    return wrong, close


def main():
    folder = pathlib.Path(sys.argv[1])
    plan = json.loads((folder / "plan.json").read_text())
    report = json.loads(pathlib.Path(sys.argv[2]).read_text())
    by_name = {function["name"].split("(")[0]: function for function in report["functions"]}
    truths = truth.measure(truth.read(folder / "truth.bin"), len(plan))
    missing = [f"f{f['number']:02}" for f in plan if f"f{f['number']:02}" not in by_name]
    # A step of the processor's counter, as when the machine is halted, loses nothing: whether times are right is compared.
    drops = {what: count for what, count in report["drops"].items() if what != "clock_steps"}
    if missing or any(drops.values()) or any(i["lost"] + i["torn"] for i in report["inputs"]):
        sys.exit(f"compare: the log is not whole: missing {missing}, drops {report['drops']}")
    compared = []
    for function, true in zip(plan, truths):
        function["name"] = f"f{function['number']:02}"
        compared.append(compare(function, true, by_name[function["name"]]))
    print_table(sorted(compared, key=lambda c: -c.truth.self.lower))
    wrong, close = order_faults(compared)
    for key, first, second in wrong:
        print(f"compare: by {key}, {first} is ranked above {second}, and is below it", file=sys.stderr)
    faults = [c for c in compared if c.faults]
    for c in faults:
        print(f"compare: {c.name} ({c.kind}): " + "; ".join(c.faults), file=sys.stderr)
    for words, values in (("worst", "outside"), ("bounds apart", "widths")):
        print(f"{words}: " + ", ".join(_worst(compared, values, what) for what in compared[0].differences
                                       if what != "cpu at most"))
    shares = [share for c in compared for share in c.shares]
    print(f"estimated shares on CPU: {sum(lower <= share <= upper for share, lower, upper in shares)} of {len(shares)} within the "
          "printed interval")
    print(f"{len(compared)} functions, {sum(c.truth.count for c in compared)} calls: {len(faults)} differ, "
          f"{len(wrong)} pairs ranked wrongly, {len(close)} closer than {TOLERANCE:.0%} ranked otherwise")
    sys.exit(bool(wrong or faults))


def _worst(compared, values, what):
    value, name = max((getattr(c, values)[what], c.name) for c in compared)
    return f"{what} {value:.2%} ({name})"


def print_table(compared):
    print(f"{'':4} {'spends its time with':20} {'calls':>6} {'true self':>10} {'report':>10} {'self':>7} {'total':>7} "
          f"{'cpu':>7} {'p50':>7} {'p99':>7} {'max':>7}  named")
    for c in compared:
        kind = ("async " if c.is_async else "") + c.kind
        differences = " ".join(f"{c.differences[what]:+7.2%}" for what in ("self", "total", "cpu", "p50", "p99", "max"))
        print(f"{c.name:4} {kind:20} {c.truth.count:6} {c.truth.self.lower / 1e6:8.1f}ms {c.report['self_ns'] / 1e6:8.1f}ms "
              f"{differences}  {c.named} {'✗' if c.faults else '✓'}")


if __name__ == "__main__":
    main()
