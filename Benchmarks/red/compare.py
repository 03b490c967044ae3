"""What Benchmarks/red/run runs: compare.py BUILD RED [--turns N] [--memory]. BUILD has picture-check, opencv and 24mp."""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("red")
parser.add_argument("--turns", type=int, default=5)
parser.add_argument("--memory", action="store_true")
options = parser.parse_args()
pictures = options.build / "24mp"
check, opencv = options.build / "release/picture-check", options.build / "opencv"

# How many times as fast as OpenCV red is to be.
GOALS = {"baseline.jpg": 2.0, "picture.png": 2.5, "progressive.jpg": 1.35, "lossy.webp": 1.25,
         "lossless.webp": None, "picture.gif": None}
MEMORY_GOAL = 64 << 10  # KiB
KERNEL_GOAL = 5  # GB/s of RGB from memory
COST_GOAL = 0.05  # of decoding, on top of it
failures = []


def lines(*command):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(2)
    return [json.loads(line) for line in result.stdout.splitlines()]


def judge(what, is_reached):
    if not is_reached:
        failures.append(what)
    return "" if is_reached else "  not reached"


def memory():
    before = os.wait4(subprocess.Popen([options.red, "--version"], stdout=subprocess.DEVNULL).pid, 0)[2].ru_maxrss
    process = subprocess.Popen([options.red, "measure", pictures / "huge.jpg"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(2)
    size = (pictures / "huge.jpg").stat().st_size / 1e6
    print(f"\nred measure of a 200-megapixel baseline JPEG, {size:.0f} MB: {usage.ru_maxrss / 1024:.1f} MiB resident at most "
          f"({before / 1024:.1f} of them before it does anything){judge('memory', usage.ru_maxrss <= MEMORY_GOAL)}")


def speed():
    best = collections.defaultdict(lambda: float("inf"))
    for _ in range(options.turns):
        for name in GOALS:
            for line in lines(check, "time", 2, pictures / name):
                best[name, "decode"] = min(best[name, "decode"], line["decode"])
                best[name, "measure"] = min(best[name, "measure"], line["measure"])
            # OpenCV 4.6 reads no GIF.
            if name.endswith(".gif"):
                continue
            for line in lines(opencv, 2, pictures / name):
                best[name, "opencv"] = min(best[name, "opencv"], line["measure"])
    print(f"{'24 megapixels':<16}{'decode':>8}{'red':>8}{'OpenCV':>8}  MP/s   ratio  goal   counting's cost")
    for name, goal in GOALS.items():
        decode, measure, peer = (24e9 / best[name, kind] for kind in ("decode", "measure", "opencv"))
        ratio = measure / peer if peer else None
        cost = best[name, "measure"] / best[name, "decode"] - 1
        verdict = judge(name, not goal or ratio >= goal) or judge(f"{name}: cost", cost <= COST_GOAL)
        print(f"{name:<16}{decode:8.1f}{measure:8.1f}{f'{peer:.1f}' if peer else '':>8}        "
              f"{f'{ratio:.2f}' if ratio else '':>5}  {goal or '':<5}  {100 * cost:5.1f} %{verdict}")
    print("\nCounting alone, GB/s of RGB: from memory, from the cache")
    kernels = lines(check, "kernel")
    for kernel in kernels:
        print(f"{kernel['kernel']:<16}{kernel['memory']:8.1f}{kernel['cache']:8.1f}")
    if not any(kernel["memory"] >= KERNEL_GOAL for kernel in kernels):
        print(judge("kernel", False))


if not options.memory:
    speed()
memory()
if failures:
    print(f"\nred: goals not reached: {', '.join(failures)}")
sys.exit(1 if failures else 0)
