"""Runs trace-report and the peers in turns on one log, and prints what it found; see `peers`."""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import other_logs

HERE = os.path.dirname(os.path.abspath(__file__))
MARKER = "~hp1 "

# How many times as quick as a peer trace-report shall be, by the kind of log.
GOALS = {
    "half": [("wc", 0.65), ("rg", 1.5), ("polars", 10), ("DuckDB", 15), ("mawk", 12)],
    "dense": [("wc", 0.40)],
    "sparse": [("wc", 1.15)],
}
# In a log of nothing but records.
RECORDS_PER_SECOND = 25e6
# How many times as many lines a second as analysers of other logs.
OTHERS = 400


def programs(log, ours):
    """Each program's command, and whether it prints sums."""
    queries = [sys.executable, os.path.join(HERE, "queries.py")]
    return {
        "trace-report": ([ours, log], False),
        "wc": (["wc", "-l", log], False),
        "rg": (["rg", "-c", "-F", MARKER, log], False),
        "mawk": (["mawk", "-f", os.path.join(HERE, "spans.awk"), log], True),
        "polars": ([*queries, "polars", log], True),
        "DuckDB": ([*queries, "duckdb", log], True),
    }


def fail(message):
    print(f"peers: {message}", file=sys.stderr)
    sys.exit(2)


def run(command):
    """Runs a program. Returns its output, seconds, and the most memory it had, in MiB."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        except OSError as error:
            fail(f"cannot run {command[0]}: {error.strerror}")
        with process:
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            fail(f"{command[0]}: status {process.returncode}: {errors.read().strip()[-400:]}")
    return output, seconds, usage.ru_maxrss / 1024


def measure(log, ours, turns):
    table = programs(log, ours)
    found = {name: [] for name in table}
    outputs = {}
    for turn in range(turns + 1):
        for name, (command, _) in table.items():
            output, seconds, memory = run(command)
            outputs[name] = output
            if turn:
                found[name].append((seconds, memory))
    return found, outputs, [name for name, (_, hasSums) in table.items() if hasSums]


def check(outputs, names):
    """Sums of different programs have to be the same."""
    sums = {name: outputs[name].split() for name in names}
    if len(set(map(tuple, sums.values()))) != 1:
        fail(f"they do not agree (spans, time, own time, on-CPU time, paths): {sums}")
    return int(sums[names[0]][0])


def measure_others(folder, turns, ours):
    """Analysers of other logs, in lines a second. `ours` is trace-report's figure. Returns goals."""
    goals = []
    print(f"\nothers, each on {other_logs.LINES:,} lines of its own format, which is harder to read: lines a second")
    print(f"{'trace-report':13}{ours:14,.0f}")
    for name, command in other_logs.commands(folder).items():
        seconds = statistics.median(run(command)[1] for _ in range(turns))
        rate = other_logs.LINES / seconds
        print(f"{name:13}{rate:14,.0f}")
        goals.append((f"{name}: {OTHERS} times its lines a second", ours / rate, OTHERS))
    return goals


def main():
    parser = argparse.ArgumentParser(prog="peers")
    parser.add_argument("log")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--program", required=True)
    parser.add_argument("--others", metavar="FOLDER")
    arguments = parser.parse_args()
    found, outputs, with_sums = measure(arguments.log, arguments.program, arguments.turns)
    spans = check(outputs, with_sums)
    size = os.path.getsize(arguments.log)
    lines, records = int(outputs["wc"].split()[0]), int(outputs["rg"])
    seconds = {name: statistics.median(second for second, _ in runs) for name, runs in found.items()}
    memory = {name: max(most for _, most in runs) for name, runs in found.items()}
    ours = seconds["trace-report"]
    print(f"{size / 1e9:.2f} GB, {lines:,} lines, {records:,} records, {spans:,} spans; medians of {arguments.turns}")
    print(f"{'':13}{'seconds':>9}{'least':>9}{'GB/s':>8}{'MiB':>7}  trace-report is so many times as quick")
    for name in sorted(seconds, key=seconds.get):
        least = min(second for second, _ in found[name])
        ratio = "" if name == "trace-report" else f"{seconds[name] / ours:8.2f}"
        print(f"{name:13}{seconds[name]:9.3f}{least:9.3f}{size / 1e9 / seconds[name]:8.2f}{memory[name]:7.0f}  {ratio}")
    share = records / lines
    kind = "dense" if share > 0.9 else "sparse" if share < 0.05 else "half"
    goals = [(f"{peer}: {goal} times as quick", seconds[peer] / ours, goal) for peer, goal in GOALS[kind]]
    if kind == "dense":
        goals.append((f"{RECORDS_PER_SECOND / 1e6:.0f} M records/s", records / ours / 1e6, RECORDS_PER_SECOND / 1e6))
    if arguments.others:
        goals += measure_others(arguments.others, arguments.turns, lines / ours)
    print(f"\ngoals for a log of {100 * share:.0f} % records:")
    for text, value, goal in goals:
        print(f"  {'reached' if value >= goal else 'MISSED':8} {text}: {value:.2f}")
    return 0 if all(value >= goal for _, value, goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
