#!/usr/bin/env python3
"""diagnosis.py REPORT FOLDER: whether trace-report tells what is wrong with the order desk, from the logs in FOLDER.

ended/orderdesk/orderdesk.log: it was asked to end. killed: with `kill -9`, while requests hung. mended: without its faults.
"""

import json
import pathlib
import re
import subprocess
import sys

REPORT, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
SERVER = pathlib.Path(__file__).parent / "Server/Sources/orderdesk"
failed = []


def expect(right, what, screen):
    print(f"{'found' if right else 'NOT FOUND':9}  {what}")
    if not right:
        failed.append(f"{what}\n{screen}")


def run(*arguments):
    environment = {"COLUMNS": "140", "PATH": "/usr/bin:/bin"}
    return subprocess.run([REPORT, *map(str, arguments)], capture_output=True, text=True, check=True, env=environment)


def log(name):
    return FOLDER / name / "orderdesk/orderdesk.log"


def place(file, declaration):
    """`orderdesk/File.swift:12`, of the line that begins with the declaration."""
    lines = next(SERVER.rglob(file)).read_text().splitlines()
    number = next(number for number, line in enumerate(lines, 1) if declaration in line)
    return f"orderdesk/{file}:{number}"


def words(text):
    return " ".join(text.split())


def findings(screen):
    """What the first screen says of each function that is to be fixed first, as one line."""
    section = screen.split("FIX FIRST\n", 1)[-1].split("\n\n", 1)[0]
    return [words(part) for part in re.split(r"(?:^|\n) \d+  ", section) if part.strip()]


def says(found, *parts):
    return any(all(part in finding for part in parts) for finding in found)


COMPARES = ("DuplicateFinder.editDistance(_:_:)", place("DuplicateFinder.swift", "func editDistance("), "it COMPUTES")
LOCKS = ("StockLedger.enter(_:)", place("StockLedger.swift", "func enter("), "it WAITS")
ASKS = ("Connection.execute(_:_:)", place("Connection.swift", "func execute("), "it WAITS")
HANGS = ("LabelDesk.collect(_:from:)", place("LabelDesk.swift", "func collect("))
REQUEST = "RequestLog.handle(_:context:next:)"

# As README.md says: the log alone, and the server with the variables of its block on waits.
screen = run(log("ended")).stdout
found = findings(screen)
expect(says(found, *COMPARES[:2], "CustomerRoutes.duplicates(request:context:)"), "the comparison, for whom", screen)
expect(says(found, *LOCKS), "the lock, that it is waited for", screen)
expect(says(found, *ASKS), "the database, that it is waited for", screen)
expect("HOOFPRINT_WAITS=100" in screen, "what to do to know for what it waits", screen)
listed = {function["name"]: function for function in json.loads(run("--format", "json", log("ended")).stdout)["functions"]}
for name, where, *_ in (COMPARES, LOCKS, ASKS):
    function = listed.get(name, {"file": "", "line": 0})
    expect(where.endswith(f"{function['file'].split('/')[-1]}:{function['line']}"), f"{name} in the JSON report", screen)

# Of the functions that ask the database, the one without an index is by far the slowest.
slow = sorted((function for name, function in listed.items() if re.match(r"\w+Store\.", name)), key=lambda it: -it["p50_ns"])
expect(slow[0]["name"] == "OrderStore.placed(by:)" and slow[0]["p50_ns"] > 3 * slow[1]["p50_ns"], "whose query it is",
       "\n".join(f"{function['name']} {function['p50_ns']}" for function in slow))
expect(place("OrderStore.swift", "func placed(") == f"orderdesk/{slow[0]['file'].split('/')[-1]}:{slow[0]['line']}",
       "where that query is", slow[0])
screen = run("--callers", "OrderStore.placed(by:)", log("ended")).stdout
expect("CustomerRoutes.history(request:context:)" in screen, "in which request", screen)

screen = run(log("waits")).stdout
found = findings(screen)
expect(says(found, *COMPARES), "the comparison, that it computes", screen)
expect(says(found, *LOCKS[:2], "it WAITS for a lock"), "the lock, by name", screen)
expect(says(found, *ASKS[:2], "it WAITS for descriptors (poll)"), "the answer that is polled for, by name", screen)

screen = run(log("killed")).stdout
expect(re.search(r"log\.ring\.\d+ holds what a killed process had not written: --open reads it", screen),
       "the ring file beside the log of the killed server, and how to read it", screen)
screen = run("--open", log("killed")).stdout
hung = [words(part) for part in re.split(r"\n\n ?\d+  ", screen) if REQUEST in part]
expect(len(hung) == 3 and all(says([part], "ShipmentRoutes.label(request:context:)", *HANGS) for part in hung),
       "three requests that hang, and in what", screen)

screen = run(log("mended")).stdout
found = findings(screen)
for name, _, verb in (COMPARES, LOCKS):
    expect(not says(found, name, verb), f"nothing of {name} once it is mended", screen)
expect(not says(found, "OrderStore.placed(by:)"), "nothing of the query once it has an index", screen)
screen = run("--open", log("mended")).stdout
expect("LabelDesk" not in screen, "nothing that hangs once unknown carriers are refused", screen)

for failure in failed:
    print(f"\ndiagnosis: {failure}", file=sys.stderr)
sys.exit(bool(failed))
