#!/usr/bin/env python3
# Computes until it was sampled.
import time


def is_sampled():
    with open("/proc/self/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> 26 & 1


begun = None
while begun is None or time.process_time() - begun < 0.5:
    sum(n * n % 7 for n in range(20000))
    if begun is None and is_sampled():
        begun = time.process_time()
    if time.process_time() > 60:
        raise SystemExit(99)
print("computed")
