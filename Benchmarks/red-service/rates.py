"""Pictures a second of the server beside those of the library; see `run`.

usage: rates.py PROGRAM [ROUNDS [SECONDS]]
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

PICTURE, MEGAPIXELS = "Tests/Fixtures/photos/retina.jpg", 1411 * 1411 / 1e6
CONNECTIONS, LIBRARY_PICTURES = 16, 300

POST = """
local file = io.open("%s", "rb")
local picture = file:read("*a")
file:close()
wrk.method, wrk.path = "POST", "%s"
local number, isNew = 0, %s
math.randomseed(os.time())
local run = math.random(1, 1000000000)
-- What follows the end of a JPEG is not decoded, and makes it another picture.
request = function()
    number = number + 1
    return wrk.format(nil, nil, nil, isNew and picture .. run .. "-" .. number or picture)
end
done = function(summary, latency, requests)
    local errors = summary.errors
    print(string.format("result %%d %%d %%d %%d %%d %%d", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def library(program):
    """Pictures a second in one thread, the start of the process included."""
    begin = time.monotonic()
    subprocess.run([program, "measure", *[PICTURE] * LIBRARY_PICTURES], check=True, stdout=subprocess.DEVNULL)
    return LIBRARY_PICTURES / (time.monotonic() - begin)


def service(program, path, is_new, seconds):
    """Pictures a second, latencies in ms, and wrk's part of the processors."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        server = subprocess.Popen(
            [program, "serve", "--port", "0", "--store", os.path.join(folder, "store")],
            env=environment | {"HOOFPRINT": "off"}, stderr=subprocess.PIPE, text=True)
        url = next(line.split()[2] for line in server.stderr if line.startswith("listening on "))
        script = os.path.join(folder, "post.lua")
        with open(script, "w") as file:
            file.write(POST % (PICTURE, path, "true" if is_new else "false"))
        wrk = subprocess.Popen(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url], stdout=subprocess.PIPE, text=True)
        output = wrk.stdout.read()
        _, status, usage = os.wait4(wrk.pid, 0)
        server.terminate()
        server.stderr.read()
        server.wait()
    found = re.search(r"result (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if status != 0 or not found or int(found[6]) > 0:
        sys.exit(f"red-service: wrk says\n{output}")
    requests, duration, middle, slow, longest, _ = map(int, found.groups())
    return {
        "rate": requests / (duration / 1e6), "p50": middle / 1e3, "p99": slow / 1e3, "longest": longest / 1e3,
        "wrk": (usage.ru_utime + usage.ru_stime) / (duration / 1e6) / os.cpu_count()}


def main():
    program = sys.argv[1]
    rounds, seconds = (int(argument) for argument in (sys.argv[2:] + ["3", "8"][len(sys.argv) - 2:]))
    services = {"POST /red": ("/red", False), "POST /images, the same": ("/images", False),
                "POST /images, new": ("/images", True)}
    alone, found = [], {name: [] for name in services}
    for _ in range(rounds):
        alone.append(library(program))
        for name, (path, is_new) in services.items():
            found[name].append(service(program, path, is_new, seconds))
    one = statistics.median(alone)
    processors = os.cpu_count()
    print(f"{'':24}{'pictures/s':>12}{'MP/s':>8}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'wrk':>7}")
    print(f"{'red measure, 1 thread':24}{one:12.1f}{one * MEGAPIXELS:8.0f}")
    for name, results in found.items():
        middle = {key: statistics.median(result[key] for result in results) for key in results[0]}
        ratio = statistics.median(result["rate"] / (processors * each) for result, each in zip(results, alone))
        print(
            f"{name:24}{middle['rate']:12.1f}{middle['rate'] * MEGAPIXELS:8.0f}{ratio:8.2f}{middle['p50']:9.1f}"
            f"{middle['p99']:9.1f}{middle['longest']:9.1f}{middle['wrk']:7.1%}")
    print(f"ratio: to {processors} processors times one thread; {CONNECTIONS} connections; median of {rounds} rounds")


main()
