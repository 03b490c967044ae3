"""Whether samples of the case `shares` fall on its three functions as their CPU time does.

    shares.py SAMPLES      what `stack-corpus run shares …` printed

The times are the program's own readings of its CPU clock; the shares of n samples have a standard deviation of
sqrt(p (1 - p) / n). Five of those are allowed: by chance that fails once in 10^6 times.
"""

import math
import pathlib
import sys

from symbols import Process

FUNCTIONS = ["share_seventy", "share_twenty", "share_ten"]
DEVIATIONS = 5

lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
process = Process([line.partition(" ")[2] for line in lines if line.startswith("map ")])
counts = dict.fromkeys(FUNCTIONS, 0)
spent = []
others = 0
for line in lines:
    word, _, rest = line.partition(" ")
    if word == "spent":
        spent = [int(field) for field in rest.split()]
    elif word == "sample":
        fields = rest.split()
        names = [process.find(int(address, 16) - 1)[1] for address in fields[4].split(",")]
        found = [name for name in FUNCTIONS if name in names]
        if found:
            counts[found[0]] += int(fields[2])
        else:
            others += int(fields[2])

total = sum(counts.values())
failed = total < 200 or len(spent) != 3
print(f"{total} samples in the three functions, {others} elsewhere")
for function, time in zip(FUNCTIONS, spent):
    share, wanted = counts[function] / max(1, total), time / sum(spent)
    deviation = math.sqrt(wanted * (1 - wanted) / max(1, total))
    off = abs(share - wanted) / deviation
    failed |= off > DEVIATIONS
    print(f"{function:<14} CPU time {100 * wanted:6.2f} %  samples {100 * share:6.2f} %  off by {off:4.1f} standard deviations")
sys.exit(failed)
