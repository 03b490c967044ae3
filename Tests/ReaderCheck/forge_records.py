"""What scripts/check-reader runs: forge_records.py READER_CHECK FOLDER ATTEMPTS SEED. Keeps logs with a finding in
FOLDER.

A server's log, and between its records what a user could get into it who cannot read it: records with guessed
sessions, of sessions that nothing announces with right checksums, of the log's own session with other checksums,
records again that were in the log, and texts with markers, checksums and line feeds in them. The ranking has to be the
one without them, and every one counted: as torn, forged or skipped.
"""
import json
import pathlib
import random
import subprocess
import sys

from generator import log
from record_format import escaped, record, sealed
from reference import Reader

EACH = 5000
COUNTED = ("torn", "forged", "skipped")


def attempt(random, tags, records):
    """A line that is an attempt, and how it has to be counted."""
    path, sequence = random.randrange(1, 9), random.randrange(10**6)
    fields = [("path", path), ("count", 10**6), ("total", 10**15), ("self", 10**15), ("cpu", 0), ("max", 10**12),
              ("errors", 0), ("folded", 0), ("parts", 1), ("histogram", b"uy")]
    way = random.randrange(9)
    if way == 0:
        return record("stats", random.getrandbits(64), sequence, fields), "forged"
    if way == 1:
        return record("callsite", random.getrandbits(64), sequence, [
            ("id", path), ("name", escaped("decode")), ("function", b"f"), ("file", b"F"), ("line", 1)]), "forged"
    if way == 2:
        return random.choice(records), "skipped"
    if way == 3:
        # The session is known but for its key's use: a guessed checksum.
        line = record("stats", random.choice(tags), sequence, fields)
        guess = b"%08x" % random.getrandbits(32)
        return line[:-8] + guess if guess != line[-8:] else line[:-8], "torn"
    if way == 4:
        # A right checksum under another session's key.
        line, other = record("stats", random.getrandbits(64), sequence, fields), b"%016x" % random.choice(tags)
        return line.split(b" ", 2)[0] + b" stats " + other + line[11 + 16:], "torn"
    if way == 5:
        # A right record of a guessed session, in front of which a field `c` stands.
        line = record("stats", random.getrandbits(64), sequence, fields)
        return line.replace(b" count=", b" c=%08x count=" % random.getrandbits(32)), "torn"
    if way == 6:
        # The logger wrote a line feed of the user's as `\n`: the last marker of the line counts.
        one = record("span", random.getrandbits(64), sequence, [("path", path)])
        return b"GET /?q=" + one + b"\\n" + sealed(b"~hp1 stats %016x 1 path=1" % random.getrandbits(64)), "torn"
    if way == 7:
        return b"user said ~hp1 " + random.choice(records)[5:-1], "torn"
    line = record("stats", random.getrandbits(64), sequence, fields)
    return line + random.choice([b" said the user", b"x", b"\0", b"\x1b[0m"]), "torn"


def read(program, file):
    answer = subprocess.run([program, "read"], input=f"2 1 {file}\n".encode(), capture_output=True, check=True)
    return json.loads(answer.stdout)


def main():
    program, folder, attempts, seed = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    counts, mistakes, done = dict.fromkeys(COUNTED, 0), 0, 0
    while done < attempts:
        chance = random.Random(seed + done)
        records = [line for line in log(chance) if line.startswith(b"~hp1 ") and b" novelty " not in line[:14]]
        tags = list(Reader(b"\n".join(records)).sessions)
        file, clean = folder / f"forged-{seed + done}.log", folder / "clean.log"
        clean.write_bytes(b"\n".join(records) + b"\n")
        # Behind the log: a record again would otherwise come before the one that it repeats.
        forged = [attempt(chance, tags, records) for _ in range(min(EACH, attempts - done))]
        file.write_bytes(b"\n".join(records + [line for line, _ in forged]) + b"\n")
        before, after = read(program, clean), read(program, file)
        expected = {key: before["inputs"][0][key] + sum(way == key for _, way in forged) for key in COUNTED}
        found = {key: after["inputs"][0][key] for key in COUNTED}
        for key in ("functions", "processes", "requests", "open", "samples", "tree", "resources", "timeline", "drops"):
            if before[key] != after[key]:
                mistakes += 1
                print(f"check-reader: {file}: forged records change `{key}`")
        if found != expected or before["inputs"][0]["records"] != after["inputs"][0]["records"]:
            mistakes += 1
            print(f"check-reader: {file}: counted {found}, not {expected}")
        counts = {key: counts[key] + found[key] - before["inputs"][0][key] for key in COUNTED}
        clean.unlink()
        if not mistakes:
            file.unlink()
        done += len(forged)
    print(f"check-reader: {done} forgeries from seed {seed}: none taken, " if not mistakes else "", end="")
    print(", ".join(f"{number} {key}" for key, number in counts.items()) + f"; {mistakes} mistakes")
    return mistakes > 0


if __name__ == "__main__":
    sys.exit(main())
