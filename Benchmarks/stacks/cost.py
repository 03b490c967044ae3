"""What the sampler's handler takes for a stack, beside libunwind in a handler of the same program.

    cost.py NAME SAMPLES      what `STACK_CORPUS_BESIDE=1 stack-corpus run …` printed
"""

import pathlib
import statistics
import sys

COPIED = 8
ours, backtrace, step = [], [], []
frames, callers, stepped = [], [], []
for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
    fields = line.split()
    if fields[0] == "sample" and not int(fields[2]) & COPIED:
        ours.append(int(fields[7]))
        frames.append(len(fields[5].split(",")))
        callers.append(0 if fields[6] == "-" else len(fields[6].split(",")))
    elif fields[0] == "beside":
        backtrace.append(int(fields[2]))
        stepped.append(int(fields[3]))
        step.append(int(fields[4]))


def middle(values):
    # Without the first tenth, in which caches are cold.
    return statistics.median(values[len(values) // 10 :]) if values else float("nan")


us, theirs, full = middle(ours), middle(backtrace), middle(step)
print(f"{sys.argv[1]:<12} {len(ours):5} samples of {middle(frames):3.0f} frames and {middle(callers):3.0f} callers: "
      f"{us:6.0f} ns; unw_backtrace of {middle(stepped):3.0f}: {theirs:6.0f} ns ({theirs / us:4.1f} times), "
      f"unw_step: {full:6.0f} ns ({full / us:4.1f} times)")
