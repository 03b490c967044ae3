#!/usr/bin/env python3
"""causes.py write FOLDER HOOFPRINT SEED: writes a package whose program can be slow for six causes, chosen when it is run.
causes.py check FOLDER REPORT: whether the first screen of the report of each cause's log says it."""

import json
import pathlib
import random
import re
import subprocess
import sys

import generate
import program

FUNCTIONS = 14
WIDTH = 100
# What a call of the function at fault does besides, for each cause, and the words that the verdict is to have. N+1 is in its
# caller; the stall lasts for a fifth of the time.
CAUSES = {
    "loop": ("Costs.spin(6000, call)", ["it COMPUTES"]),
    "lock": ("Costs.lock(6000, call)", ["it WAITS for a lock"]),
    "nplus1": (None, ["it WAITS for the network", "It is called 120 times per request."]),
    "stall": ("if (0.4...0.6).contains(Causes.passed) { Costs.disk(60000, call) }", ["But ", " the usual "]),
    "rare": ("if call % 40 == 7 { Costs.sleep(80000, call) }", ["it WAITS in sleep", "1 in 100 over "]),
    "regress": ("Costs.sleep(700, call)", []),
}


def write(folder, hoofprint, seed):
    chance = random.Random(seed)
    callers = [chance.randrange(max(0, at - 4), at) for at in range(1, FUNCTIONS)]
    leaves = sorted(set(range(1, FUNCTIONS)) - set(callers))
    at_fault = {cause: chance.choice(leaves if cause == "nplus1" else range(1, FUNCTIONS)) for cause in CAUSES}
    bodies = [_function(at, [at_ + 1 for at_, caller in enumerate(callers) if caller == at], at_fault, chance)
              for at in range(FUNCTIONS)]
    generate.write(folder / "Package.swift", program.MANIFEST.replace("HOOFPRINT", hoofprint))
    generate.write(folder / "Sources/truth/Functions.swift", "import Ground\n\n" + "\n".join(bodies))
    generate.write(folder / "Sources/truth/main.swift", MAIN)
    generate.write_ground(folder)
    generate.write(folder / "causes.json", json.dumps(at_fault))


MAIN = """\
import Ground

let threads = (0..<2).map { _ in
    Worker { while Causes.passed < 1 { f00(Calls.call(0, from: -1)) } }
}
for thread in threads { thread.join() }
"""


def _function(number, callees, at_fault, chance):
    kind = chance.choice(("sleep", "sleep", "network", "spin"))
    if at_fault["nplus1"] == number:
        kind = "network"
    lines = [f"func f{number:02}(_ call: Int) {{", f"    Costs.{kind}({chance.randrange(150, 400)}, call)"]
    lines += [f'    if Causes.are("{cause}") {{ {CAUSES[cause][0]} }}' for cause, at in at_fault.items()
              if at == number and CAUSES[cause][0]]
    for callee in callees:
        times = '(Causes.are("nplus1") ? 120 : 1)' if at_fault["nplus1"] == callee else 1
        lines.append(f"    for _ in 0..<{times} {{ f{callee:02}(call) }}")
    return "\n".join(lines + ["}\n"])


def check(folder, report):
    at_fault = json.loads((folder / "causes.json").read_text())
    failed = []
    for cause, (_, words) in CAUSES.items():
        name = f"f{at_fault[cause]:02}(_:)"
        if cause == "regress":
            screen = _run(report, "--compare", folder / "none.log", folder / "regress.log")
            right = _says_slower(screen, name)
        else:
            screen = _run(report, folder / f"{cause}.log")
            right = _says(screen, name, words) and (cause != "rare" or _is_rare(screen))
        print(f"{cause:8} {name}  {'found' if right else 'not found'}")
        if not right:
            failed.append(cause)
            print("\n".join(screen.splitlines()[:24]))
    sys.exit(bool(failed))


def _run(report, *arguments):
    environment = {"COLUMNS": str(WIDTH), "PATH": "/usr/bin:/bin"}
    return subprocess.run([report, *arguments], capture_output=True, text=True, check=True, env=environment).stdout


def _first(screen):
    """What the first screen says of the function to fix first, as one line."""
    return " ".join(re.split(r"\n 2  |\n\n", screen.split("FIX FIRST\n 1  ", 1)[-1], maxsplit=1)[0].split())


def _says(screen, name, words):
    first = _first(screen)
    return first.startswith(name) and all(word in first for word in words)


def _is_rare(screen):
    typical, rare = re.search(r"A typical call takes (\S+), 1 in 100 over ([^ .(]+(?:\.\d+)?\w*)", _first(screen)).groups()
    return _nanoseconds(rare) > 10 * _nanoseconds(typical)


def _nanoseconds(text):
    number, unit = re.match(r"([\d.,]+)(ns|µs|ms|s)", text).groups()
    return float(number.replace(",", "")) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]


def _says_slower(screen, name):
    return screen.split("\nSLOWER\n  ", 1)[-1].startswith(name)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        check(pathlib.Path(sys.argv[2]), sys.argv[3])
