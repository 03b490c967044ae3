"""Runs ours and the peers in turns on each document and its partners, and prints what it found; see `run`.

Ours is `json-compare MODE A B THREADS RUNS`, MODE `equal` or `difference`, and prints what json-peers does: `total_ms` and
`rss_mb`; `parse_ms`, `compare_ms`, `cpu_ms` and `equal` if it has them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import documents

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = 3  # in each process, whose figure is their median
LIMIT, ENOUGH = 120, 20  # seconds: for one process; after which a peer gets no further turn

CPP = ["simdjson", "simdjson-warm", "simdjson-2-threads", "rapidjson", "rapidjson-in-situ"]
PYTHON = ["orjson", "json", "jsonpatch"]
SLOW = ["jd -setkeys", "deepdiff"]
QUADRATIC = ["jd", "jsondiff"]  # in the length of an array: for 1 MB alone

# How many times as quick as the peer ours shall be: partners, peer, times. `few` and `inserted` are whole differences on
# two threads, `same` and `spaced` ask for equality on one.
GOALS = [
    (("same", "spaced"), "simdjson", 1.5),
    (("same", "spaced"), "simdjson-warm", 1.5),
    (("few",), "simdjson", 1.0),
    (("few",), "simdjson-warm", 1.0),
    (("inserted",), "simdjson", 1 / 1.2),
    (("inserted",), "simdjson-warm", 1 / 1.2),
    (("few", "inserted"), "rapidjson", 1 / 0.3),
]
GOALS_10_MB = [
    (("few", "inserted"), "jsonpatch", 80),
    (("few", "inserted"), "deepdiff", 1500),
    (("few", "inserted"), "jd -setkeys", 25),
]
MEMORY_GOAL = 1.6  # times the inputs, at most


class Failure(Exception):
    """A program could not be measured; says why."""


def figures(command):
    """What the program prints, as json-peers does."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise Failure(f"more than {LIMIT} s") from None
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or [f"status {ran.returncode}"]
        raise Failure(lines[-1].removeprefix("json-peers: ")[:80])
    return json.loads(ran.stdout)


def median_of(found):
    return {name: statistics.median(one[name] for one in found) if name != "equal" else found[0][name] for name in found[0]}


class Comparison:
    """One document and one of its partners."""

    def __init__(self, folder, document, partner):
        self.document, self.partner, self.folder = document, partner, folder
        self.paths = [documents.path(os.path.join(folder, "documents"), document, which) for which in (None, partner)]
        self.input_megabytes = sum(map(os.path.getsize, self.paths)) / 1e6
        self.is_equal = partner in ("same", "spaced")
        self.rows, self.times_as_quick, self.failed = {}, {}, {}

    def ours(self):
        mode, threads = ("equal", 1) if self.is_equal else ("difference", 2)
        return [os.environ["JSON_COMPARE"], mode, *self.paths, str(threads), str(RUNS)]

    def peer(self, name):
        if name in CPP:
            return [os.path.join(self.folder, "json-peers"), name, *self.paths, str(RUNS)]
        python = os.path.join(self.folder, "python/bin/python3")
        return [python, os.path.join(HERE, "peers.py"), name, *self.paths, str(1 if name in SLOW + QUADRATIC else RUNS)]

    def measure(self, peers, turns):
        """In turns: ours, a peer, ours, the next peer, and again. A ratio is the median of those of neighbours."""
        found, ratios, seconds = {}, {}, {}
        for _ in range(turns):
            for name in peers:
                if seconds.get(name, 0) > ENOUGH:
                    continue
                start = time.monotonic()
                ours = self.run("ours", self.ours()) if os.environ.get("JSON_COMPARE") else None
                peer = self.run(name, self.peer(name))
                seconds[name] = seconds.get(name, 0) + time.monotonic() - start
                for which, one in (("ours", ours), (name, peer)):
                    if one:
                        found.setdefault(which, []).append(one)
                if ours and peer:
                    ratios.setdefault(name, []).append(
                        {key: peer[key] / ours[key] for key in ("total_ms", "cpu_ms") if key in ours})
        self.rows = {name: median_of(found[name]) for name in ["ours", *peers] if name in found}
        self.times_as_quick = {name: median_of(values) for name, values in ratios.items()}

    def run(self, name, command):
        """The figures, or none where the program failed, now or before."""
        if name in self.failed:
            return None
        try:
            found = figures(command)
            if found.get("equal", self.is_equal) != self.is_equal:
                raise Failure(f"says {'different' if self.is_equal else 'equal'}, which is wrong")
            return found
        except Failure as failure:
            self.failed[name] = str(failure)
            return None

    def print(self):
        print(f"\n{self.document}, {self.partner}: {self.input_megabytes:.0f} MB")
        print(f"  {'':20}{'parse ms':>11}{'compare ms':>11}{'total ms':>11}{'CPU ms':>11}{'memory':>9}"
              f"{'ours is':>11}{'by CPU':>11}")
        for name, row in self.rows.items():
            cells = [f"{row[key]:11.1f}" if key in row else f"{'':11}"
                     for key in ("parse_ms", "compare_ms", "total_ms", "cpu_ms")]
            cells.append(f"{row['rss_mb'] / self.input_megabytes:7.2f} ×")
            cells += [f"{ratio:9.2f} ×" for ratio in self.times_as_quick.get(name, {}).values()]
            print(f"  {name:20}{''.join(cells)}")
        for name, reason in self.failed.items():
            print(f"  {name:20}    {reason}")
        sys.stdout.flush()

    def goals(self):
        """Peer or memory, found, goal, whether it is reached."""
        if "ours" not in self.rows:
            return
        for partners, peer, goal in GOALS_10_MB if self.document == "records-10" else GOALS:
            if self.partner in partners and peer in self.times_as_quick and self.document != "records-1":
                found = self.times_as_quick[peer]["total_ms"]
                yield f"times as quick as {peer}", found, f"≥ {goal:.2f}", found >= goal
        if self.document in documents.COPIES or self.document == "records":
            found = self.rows["ours"]["rss_mb"] / self.input_megabytes
            yield "memory, times the inputs", found, f"≤ {MEMORY_GOAL:.2f}", found <= MEMORY_GOAL


def peers_for(document, partner, is_slow):
    if document in ("records-10", "records-1"):
        peers = ["simdjson", "rapidjson", *PYTHON, *(SLOW if is_slow else [])]
        peers += QUADRATIC if is_slow and document == "records-1" else []
    else:
        peers = [peer for peer in CPP if peer != "simdjson-2-threads" or partner in ("few", "inserted")] + ["orjson"]
    if not os.path.exists(os.environ.get("JSON_JD", "")):
        peers = [peer for peer in peers if not peer.startswith("jd")]
    return peers


def main():
    parser = argparse.ArgumentParser(prog="json")
    parser.add_argument("folder")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT")
    options = parser.parse_intermixed_args()
    names = options.documents or [name for name in documents.PARTNERS if options.slow or name != "records-1"]
    for name in names:
        if name not in documents.PARTNERS:
            parser.error(f"'{name}' is not one of {', '.join(documents.PARTNERS)}")
    for name in names:
        documents.make(os.path.join(options.folder, "documents"), name)

    print(f"Medians of {options.turns} turns of {RUNS} runs. CPU: processor time of all threads. Memory: the peak of the "
          "process, with both texts, by their size.\n\"Ours is\" so many times as quick, by the clock and by processor time; "
          "== ends at the first difference, a difference does not.")
    goals, failed = [], []
    for name in names:
        for partner in documents.PARTNERS[name]:
            comparison = Comparison(options.folder, name, partner)
            comparison.measure(peers_for(name, partner, options.slow), options.turns)
            comparison.print()
            goals += [(f"{name}, {partner}", *goal) for goal in comparison.goals()]
            failed += [peer for peer in comparison.failed if peer not in SLOW + QUADRATIC]
    if goals:
        print("\ngoals")
        for what, measure, found, goal, is_reached in goals:
            print(f"  {what:22}{measure:38}{found:10.2f}  {goal:>10}  {'reached' if is_reached else 'MISSED'}")
    else:
        print("\nno goals: json-compare is not there, or failed")
    sys.exit(2 if failed else any(not is_reached for *_, is_reached in goals))


main()
