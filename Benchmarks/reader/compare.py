"""Runs trace-report and the peers in turns on one log, and prints what it found; see `peers`."""
import argparse
import os
import statistics
import subprocess
import sys
import time

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


def run(command):
    """Runs a program. Returns its output, seconds, and the most memory it had, in MiB."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"peers: {command[0]}: status {process.returncode}: {error.strip()[-400:]}")
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
        sys.exit(f"peers: they do not agree (spans, time, own time, on-CPU time, paths): {sums}")
    return int(sums[names[0]][0])


def main():
    parser = argparse.ArgumentParser(prog="peers")
    parser.add_argument("log")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--program", required=True)
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
    print(f"\ngoals for a log of {100 * share:.0f} % records:")
    goals = [(f"{peer}: {goal} times as quick", seconds[peer] / ours, goal) for peer, goal in GOALS[kind]]
    if kind == "dense":
        goals.append((f"{RECORDS_PER_SECOND / 1e6:.0f} M records/s", records / ours / 1e6, RECORDS_PER_SECOND / 1e6))
    for text, value, goal in goals:
        print(f"  {'reached' if value >= goal else 'MISSED':8} {text}: {value:.2f}")
    return 0 if all(value >= goal for _, value, goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
