"""What a request costs a server while a profiler works, beside what it costs while it does not; see `run`."""

import glob
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

SERVER_PROCESSOR, LOAD_PROCESSOR, CONNECTIONS = 0, 1, 16
WINDOW, SETTLING = 0.2, 0.05  # seconds


class Server:
    """A server on one processor, with a profiler that is switched on and off."""

    def __init__(self, program, folder, variables=()):
        self.log = open(os.path.join(folder, "server.log"), "w+")
        # Given by env(1), so that a library to be loaded first is not in taskset, whose timer the server would inherit.
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_PROCESSOR), "env", *variables, program],
            env={name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"server-load: the server ended at once: {open(self.log.name).read()[-200:]}")
        self.port = int(line.split()[-1])

    def switch(self, is_on):
        """Nothing is switched."""

    def processor_time(self):
        return time.clock_gettime(~self.process.pid << 3 | 2)  # the process's CPU clock, as clock_getcpuclockid(3) names it

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Hoofprint(Server):
    def __init__(self, program, folder, rate):
        super().__init__(program, folder, [f"HOOFPRINT_SAMPLE={rate}", "HOOFPRINT_SINK=stderr"])

    def switch(self, is_on):
        self.process.stdin.write("1" if is_on else "0")
        self.process.stdin.flush()


class Gperftools(Server):
    def __init__(self, program, folder, rate):
        library = glob.glob("/usr/lib/*/libprofiler.so.0")[0]
        super().__init__(program, folder, [
            f"LD_PRELOAD={library}", f"CPUPROFILE={folder}/profile", f"CPUPROFILE_FREQUENCY={rate}",
            f"CPUPROFILESIGNAL={int(signal.SIGUSR2)}"])
        self.is_on = False

    def switch(self, is_on):
        if is_on != self.is_on:
            self.process.send_signal(signal.SIGUSR2)
        self.is_on = is_on


class Perf(Server):
    def __init__(self, program, folder, rate):
        super().__init__(program, folder)
        control = os.path.join(folder, "control")
        os.mkfifo(control)
        self.perf = subprocess.Popen(
            ["taskset", "-c", str(LOAD_PROCESSOR), "perf", "record", "-g", "-q", "-F", str(rate), "-D", "-1",
             "--control", f"fifo:{control}", "-p", str(self.process.pid), "-o", f"{folder}/perf.data"],
            stdout=subprocess.DEVNULL, stderr=self.log)
        self.control = open(control, "w")

    def switch(self, is_on):
        self.control.write("enable\n" if is_on else "disable\n")
        self.control.flush()

    def stop(self):
        self.perf.send_signal(signal.SIGINT)
        self.perf.wait()
        super().stop()


def bytes_received():
    """By the loopback interface, since the start of the system: requests and answers are all of one size."""
    with open("/sys/class/net/lo/statistics/rx_bytes") as text:
        return int(text.read())


def look(server):
    return time.monotonic(), server.processor_time(), bytes_received()


def windows(server, count):
    """Pairs of a window with the profiler off and one with it on next to it: processor time a byte, bytes a second."""
    found = []
    for _ in range(count):
        pair = {}
        for is_on in random.sample([False, True], 2):
            server.switch(is_on)
            time.sleep(SETTLING)
            start = look(server)
            time.sleep(WINDOW)
            end = look(server)
            seconds, used, handled = (after - before for before, after in zip(start, end))
            pair[is_on] = (used / handled, handled / seconds)
        found.append((pair[False], pair[True]))
    return found


def interval_of_median(values):
    """The 95 % bootstrap interval of the median."""
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(values, k=len(values))) for _ in range(2000))
    return medians[50], medians[1949]


def lost(shares):
    low, high = interval_of_median(shares)
    return f"{1 - statistics.median(shares):6.2%} ({1 - high:6.2%} to {1 - low:6.2%})"


def measure(kind, program, rate, count):
    with tempfile.TemporaryDirectory() as folder:
        server = kind(program, folder, *([rate] if rate else []))
        load = subprocess.Popen(
            ["taskset", "-c", str(LOAD_PROCESSOR), "wrk", "-t1", f"-c{CONNECTIONS}", "-d3600s",
             f"http://127.0.0.1:{server.port}/healthz"], stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(1)
            # What is learned once, of code and of threads, is learned before it is measured.
            windows(server, 20)
            found = windows(server, count)
        finally:
            load.send_signal(signal.SIGINT)
            output = load.communicate()[0]
            server.stop()
        if "Non-2xx" in output or "Socket errors" in output or not re.search(r"[1-9]\d* requests in", output):
            sys.exit(f"server-load: requests failed:\n{output}")
    return lost([off[0] / on[0] for off, on in found]), lost([on[1] / off[1] for off, on in found])


def main():
    program, count, rates = sys.argv[1], int(sys.argv[2]), list(map(int, sys.argv[3:])) or [99, 999]
    if not glob.glob("/usr/lib/*/libprofiler.so.0"):
        sys.exit("server-load: gperftools' libprofiler.so.0 is not installed")
    print(f"throughput lost, of {count} pairs of {WINDOW} s (95 % interval)")
    print(f"{'':26} {'by processor time a request':32} by requests a second")
    rows = [("nothing switched", Server, None)]
    for rate in rates:
        rows += [(f"Hoofprint, {rate} Hz", Hoofprint, rate), (f"gperftools, {rate} Hz", Gperftools, rate),
                 (f"perf record -g, {rate} Hz", Perf, rate)]
    for name, kind, rate in rows:
        by_cost, by_rate = measure(kind, program, rate, count)
        print(f"{name:26} {by_cost:32} {by_rate}", flush=True)


main()
