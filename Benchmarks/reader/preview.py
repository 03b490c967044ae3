"""Shows logs on a pseudo-terminal, and times their preview. See `preview`, which runs it."""
import argparse
import fcntl
import json
import os
import pty
import re
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

GOAL_MILLISECONDS = 100
# The last line of the ranking, which nothing but the progress bar follows.
LAST_LINE = b"Sorted by self."


def on_terminal(program, log, whole):
    """Returns what stands on the terminal, and after how many milliseconds the preview's last byte did."""
    pid, descriptor = pty.fork()
    if pid == 0:
        # Waits for its window's size.
        os.read(0, 1)
        os.execve(program, [program, log, "--top", "1000"], {**os.environ, "TERM": "xterm", "NO_COLOR": "1"})
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 2000, 120, 0, 0))
    output, took, start = b"", None, time.monotonic()
    os.write(descriptor, b"\n")
    while True:
        try:
            data = os.read(descriptor, 1 << 16)
        except OSError:
            break
        if not data:
            break
        output += data
        if took is None and LAST_LINE in output and b"\n" in output.split(LAST_LINE)[1]:
            took = (time.monotonic() - start) * 1000
            if not whole:
                os.kill(pid, signal.SIGKILL)
                break
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(descriptor)
    if took is None or b"PREVIEW" not in output or whole and status != 0:
        sys.exit(f"preview: {log}: no preview, status {status}: {output[-500:]!r}")
    return output, took


def seconds(arguments):
    start = time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def median(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def shares(program, log, output):
    """Returns by how many points each function's share in the preview is off: by self times, of which shares are made."""
    preview = output.split(b"\x1b[")[0].decode()
    report = json.loads(subprocess.run([program, log, "--format", "json"], check=True, capture_output=True).stdout)
    true = {f["name"]: f["share"] for f in report["functions"]}
    units = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}
    found = {}
    for line in preview.splitlines():
        words = line.split()
        if len(words) > 6 and words[0].isdigit() and words[1] in true:
            text = words[5]
            minutes = re.fullmatch(r"(\d+)m(\d+)s", text)
            if minutes:
                found[words[1]] = int(minutes[1]) * 60 + int(minutes[2])
            else:
                number, unit = re.fullmatch(r"([\d.]+)(\D+)", text).groups()
                found[words[1]] = float(number) * units[unit]
    total = sum(found.values())
    if len(found) < len(true) // 2:
        sys.exit(f"preview: {len(found)} of {len(true)} functions in the preview")
    return [abs(found.get(name, 0) / total - share) * 100 for name, share in true.items()]


def log_of(options, megabytes):
    os.makedirs(options.folder, exist_ok=True)
    log = os.path.join(options.folder, f"{megabytes}.log")
    if not os.path.exists(log):
        with open(log + ".part", "wb") as file:
            subprocess.run([options.generator, str(megabytes), "50"], check=True, stdout=file)
        os.rename(log + ".part", log)
    return log


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--default-folder", required=True)
    parser.add_argument("--folder")
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("megabytes", type=int, nargs="*", default=[1000, 10000])
    options = parser.parse_args()
    options.folder = options.folder or options.default_folder
    reached = True
    for megabytes in options.megabytes:
        log = log_of(options, megabytes)
        seconds(["wc", "-l", log])
        took, lines = [], []
        for turn in range(options.turns):
            took.append(on_terminal(options.program, log, whole=False)[1])
            lines.append(seconds(["wc", "-l", log]) * 1000)
        off = shares(options.program, log, on_terminal(options.program, log, whole=True)[0])
        print(f"{megabytes} MB: preview after {median(took)} ms; wc -l {median(lines)} ms; "
              f"ratio {statistics.median(t / w for t, w in zip(took, lines)):.2f}; shares of {len(off)} functions off by "
              f"{max(off):.2f} points at most, {statistics.mean(off):.2f} on average", flush=True)
        reached &= statistics.median(took) <= GOAL_MILLISECONDS
    return 0 if reached else 1


sys.exit(main())
