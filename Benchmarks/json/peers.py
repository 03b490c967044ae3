"""python3 peers.py PEER A B RUNS: how long a Python library, or jd, takes for two documents; prints what json-peers does.

Libraries are timed as functions in this process, on texts that are in memory before; what they compare was read by orjson.
jd is a command and is timed as one, with the reading of its files; JSON_JD names it.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time

DATA_LIMIT = 8 << 30  # bytes that a peer may allocate, so that it does not take the machine with it


def libraries():
    """How each parses and compares: the second returns whether the documents are equal."""
    import orjson

    def deepdiff(a, b):
        import deepdiff
        return not deepdiff.DeepDiff(a, b)

    def jsonpatch(a, b):
        import jsonpatch
        return not jsonpatch.make_patch(a, b)

    def jsondiff(a, b):
        import jsondiff
        return not jsondiff.diff(a, b)

    def equal(a, b):
        return a == b

    return {"json": (json.loads, equal), "orjson": (orjson.loads, equal), "deepdiff": (orjson.loads, deepdiff),
            "jsonpatch": (orjson.loads, jsonpatch), "jsondiff": (orjson.loads, jsondiff)}


COMMANDS = {"jd": [], "jd -setkeys": ["-setkeys", "id"]}


def library_run(parse, compare, texts):
    times = [time.monotonic()]
    processor = time.process_time()
    a, b = parse(texts[0]), parse(texts[1])
    times.append(time.monotonic())
    is_equal = compare(a, b)
    times.append(time.monotonic())
    return {"parse_ms": (times[1] - times[0]) * 1e3, "compare_ms": (times[2] - times[1]) * 1e3,
            "total_ms": (times[2] - times[0]) * 1e3, "cpu_ms": (time.process_time() - processor) * 1e3, "equal": is_equal}


def command_run(arguments, paths):
    start = time.monotonic()
    process = subprocess.Popen(
        [os.environ["JSON_JD"], *arguments, *paths], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    milliseconds = (time.monotonic() - start) * 1e3
    if process.returncode not in (0, 1):
        sys.exit(f"json-peers: jd failed: {error.strip().splitlines()[0] if error.strip() else process.returncode}")
    return {"total_ms": milliseconds, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3,
            "rss_mb": usage.ru_maxrss * 1024 / 1e6, "equal": process.returncode == 0}


def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith("VmHWM:"))


def main():
    peer, paths, count = sys.argv[1], sys.argv[2:4], int(sys.argv[4])
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT))
    if peer in COMMANDS:
        runs = [command_run(COMMANDS[peer], paths) for _ in range(count)]
    else:
        parse, compare = libraries()[peer]
        compare([], [])  # imports
        texts = []
        for path in paths:
            with open(path, "rb") as file:
                texts.append(file.read())
        runs = [library_run(parse, compare, texts) for _ in range(count)]
        runs[0]["rss_mb"] = peak_megabytes()
    result = {name: round(statistics.median(run[name] for run in runs if name in run), 3) for name in runs[0] if name != "equal"}
    print(json.dumps(result | {"equal": runs[0]["equal"]}))


main()
