#!/usr/bin/env python3
"""generate.py FOLDER HOOFPRINT SEED SECONDS: writes the package of a plan into FOLDER; files that stay as they are keep their time."""

import json
import pathlib
import sys

import plan
import program


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def write_ground(folder):
    """What functions spend their time with, and the clock."""
    for source in (pathlib.Path(__file__).parent / "Ground").glob("*.swift"):
        write(folder / "Sources/Ground" / source.name, source.read_text())


def main():
    folder, hoofprint, seed, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    functions = plan.make(seed, seconds)
    write(folder / "Package.swift", program.MANIFEST.replace("HOOFPRINT", hoofprint))
    write(folder / "Sources/truth/Functions.swift", program.functions(functions))
    write(folder / "Sources/truth/main.swift", program.main(functions, plan.REQUESTS))
    write_ground(folder)
    write(folder / "plan.json", json.dumps([{**vars(f), "callees": [vars(c) for c in f.callees]} for f in functions]))
    # The names of those with a span by hand, which the tool is told to leave alone.
    print("\n".join(f.name for f in functions if f.is_parallel))


if __name__ == "__main__":
    main()
