"""What scripts/fuzz-reader runs: make_corpus.py FOLDER LOGS SEED. Writes logs to begin with into FOLDER, half of them
damaged."""
import pathlib
import random
import sys

from generator import log
from mutations import mutated, wrapped

folder, logs, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
for number in range(logs):
    chance = random.Random(seed + number)
    lines = log(chance)
    (folder / f"{number}.log").write_bytes(
        b"\n".join(lines) + b"\n" if number % 2 else wrapped(chance, mutated(chance, lines))[1])
