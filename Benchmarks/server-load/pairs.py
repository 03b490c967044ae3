"""Throughput of profiled servers as a share of a plain one's; see `run`."""

import glob
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile

SERVER_PROCESSOR, LOAD_PROCESSOR, CONNECTIONS = 0, 1, 16


class Ended(Exception):
    """The server ended before it listened."""


class Server:
    """A server on a free port of loopback, perhaps with a profiler in it or attached to it."""

    def __init__(self, program, folder, environment=None, perf_rate=None):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.log = open(os.path.join(self.folder, "server.log"), "w+")
        variables = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_PROCESSOR), program, "serve", "--port", "0", "--store", self.folder],
            env={**variables, **{key: value.replace("FOLDER", self.folder) for key, value in (environment or {}).items()}},
            stdout=subprocess.DEVNULL, stderr=self.log)
        self.port = self.await_port()
        self.perf = None
        if perf_rate:
            self.perf = subprocess.Popen(
                ["taskset", "-c", str(LOAD_PROCESSOR), "perf", "record", "-g", "-q", "-F", str(perf_rate),
                 "-p", str(self.process.pid), "-o", os.path.join(self.folder, "perf.data")],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def await_port(self):
        while True:
            with open(self.log.name) as text:
                found = re.search(r"listening on http://[^:]+:(\d+)", text.read())
            if found:
                return int(found[1])
            if self.process.poll() is not None:
                with open(self.log.name) as text:
                    raise Ended(f"the server ended at once, status {self.process.returncode}: {text.read()[-200:].strip()}")

    def requests_per_second(self, seconds):
        output = subprocess.run(
            ["taskset", "-c", str(LOAD_PROCESSOR), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
             f"http://127.0.0.1:{self.port}/healthz"], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in output or "Socket errors" in output:
            sys.exit(f"server-load: requests failed:\n{output}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])

    def stop(self):
        if self.perf:
            self.perf.send_signal(signal.SIGINT)
            self.perf.wait()
        self.process.terminate()
        self.process.wait()
        self.log.close()


def interval_of_median(values):
    """The 95 % bootstrap interval of the median."""
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(values, k=len(values))) for _ in range(4000))
    return medians[100], medians[3899]


def ratios(program, folder, pairs, bursts, **profiled):
    found = []
    for _ in range(pairs):
        servers = [Server(program, folder, **profiled)]
        servers.insert(0, Server(program, folder))
        for server in servers:
            server.requests_per_second(1)
        for burst in range(bursts):
            order = servers if burst % 2 == 0 else servers[::-1]
            rates = {server: server.requests_per_second(1) for server in order}
            found.append(rates[servers[1]] / rates[servers[0]])
        for server in servers:
            server.stop()
    return found


def main():
    program, pairs, bursts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    libraries = glob.glob("/usr/lib/*/libprofiler.so.0")
    if not libraries:
        sys.exit("server-load: gperftools' libprofiler.so.0 is not installed")
    rows = [("a plain server, as a control", {})]
    for rate in (99, 999):
        rows += [
            (f"Hoofprint, {rate} Hz", {"environment": {"HOOFPRINT_SAMPLE": str(rate)}}),
            (f"gperftools, {rate} Hz", {"environment": {
                "LD_PRELOAD": libraries[0], "CPUPROFILE": "FOLDER/profile", "CPUPROFILE_FREQUENCY": str(rate)}}),
            (f"perf record -g, {rate} Hz", {"perf_rate": rate}),
        ]
    print(f"{pairs} pairs of servers, {bursts} bursts each")
    with tempfile.TemporaryDirectory() as folder:
        for name, profiled in rows:
            try:
                found = ratios(program, folder, pairs, bursts, **profiled)
            except Ended as reason:
                print(f"{name:32} could not be measured: {reason}", flush=True)
                continue
            low, high = interval_of_median(found)
            loss = 1 - statistics.median(found)
            print(f"{name:32} loses {loss:7.2%} of throughput ({1 - high:.2%} to {1 - low:.2%})", flush=True)


main()
