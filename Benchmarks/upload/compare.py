"""Uploads two folders with upload-images, curl and rclone in turns; see run."""

import argparse
import hashlib
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time

SMALL = ("10,000 files of 8 kB", 10_000, 8192)
LARGE = ("20 files of 50 MB", 20, 50_000_000)


class Sink:
    """The server, on a free port, for the time of a `with`."""

    def __init__(self, build, digests=None):
        self.command = [build / "sink"] + (["--hash", digests] if digests else [])

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.requests = int(self.process.stdout.read().split()[0])
        if self.process.wait() != 0:
            sys.exit("upload: the server failed")


def make_files(folder, count, size):
    """Files that begin as JPEGs and have random bytes, the same each time."""
    done = folder.with_suffix(".made")
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = random.Random(size)
        for index in range(count):
            (folder / f"{index:05}.jpg").write_bytes(b"\xff\xd8\xff\xe0" + source.randbytes(size - 4))
        done.touch()
    return sorted(folder.iterdir())


def curl(parallel, files, work):
    """curl's command; the list of transfers is written for each server's URL."""

    def command(url):
        listing = work / "curl.conf"
        lines = (f'url = "{url}/images"\nupload-file = "{file}"\n' for file in files)
        listing.write_text('silent\nfail\nrequest = POST\nheader = "Expect:"\n' + "".join(lines))
        return ["curl", "--parallel", "--parallel-immediate", "--parallel-max", str(parallel), "-K", listing]

    return command


def rclone(folder):
    options = (
        "--s3-provider Other --s3-access-key-id key --s3-secret-access-key secret --s3-no-check-bucket --s3-no-head "
        "--s3-disable-checksum --transfers 16 --checkers 16 --no-check-dest --no-traverse --ignore-checksum --retries 1 "
        "--s3-upload-cutoff 5G"
    )

    def command(url):
        # Its S3 client refuses to start where this is set.
        bare = ["env", "-u", "AWS_CA_BUNDLE", "rclone", "--config", "/dev/null"]
        return [*bare, "copy", folder, ":s3:bucket", "--s3-endpoint", url, *options.split()]

    return command


def timed(command):
    """Seconds, and the most KiB resident (VmHWM), of a program that ends well.

    By way of GNU time: a child of this process would have this one's memory counted for its own (getrusage(2))."""
    with tempfile.NamedTemporaryFile() as output, tempfile.NamedTemporaryFile() as memory:
        start = time.perf_counter()
        result = subprocess.run(
            ["/usr/bin/time", "-q", "-f", "%M", "-o", memory.name, *command], stdout=output, stderr=subprocess.STDOUT)
        seconds = time.perf_counter() - start
        if result.returncode != 0:
            output.seek(0)
            sys.stderr.write(output.read(4000).decode(errors="replace"))
            print(f"upload: {command[0]} exited with {result.returncode}", file=sys.stderr)
            sys.exit(2)
        return seconds, int(memory.read())


def verify(build, work, name, make, files):
    """One upload to a server that hashes: each file came once, byte for byte."""
    digests = work / "digests"
    with Sink(build, digests) as sink:
        timed(make(sink.url))
    expected = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    if sorted(digests.read_text().split()) != expected:
        print(f"upload: {name} did not bring every file once, byte for byte", file=sys.stderr)
        sys.exit(2)


def measure(build, files, programs, rounds):
    results = {name: [] for name in programs}
    for _ in range(rounds):
        for name, make in programs.items():
            # Each program finds the files in the system's cache: rclone has what it read dropped from there.
            for file in files:
                file.read_bytes()
            with Sink(build) as sink:
                command = make(sink.url)
                results[name].append(timed(command))
    return {
        name: (statistics.median(run[0] for run in runs), max(run[1] for run in runs)) for name, runs in results.items()
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("ours")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-rclone", action="store_true")
    arguments = parser.parse_args()
    build, missed = arguments.build, []

    def goal(text, reached):
        print(f"  {'reached' if reached else 'MISSED '}  {text}")
        if not reached:
            missed.append(text)

    for title, count, size in [SMALL, LARGE]:
        folder = build / f"files-{count}"
        files = make_files(folder, count, size)
        with tempfile.TemporaryDirectory(dir=build) as work:
            work = pathlib.Path(work)
            programs = {"upload-images": lambda url: [arguments.ours, folder, "--to", url]}
            if size == LARGE[2]:
                programs["upload-images --no-digest"] = lambda url: [
                    arguments.ours, folder, "--to", url, "--no-digest"]  # fmt: skip
            for parallel in (8, 50):
                programs[f"curl --parallel-max {parallel}"] = curl(parallel, files, work)
            if not arguments.no_rclone:
                programs["rclone copy"] = rclone(folder)
            for name, make in programs.items():
                verify(build, work, name, make, files)
            results = measure(build, files, programs, arguments.rounds)
        print(f"{title}, {arguments.rounds} rounds")
        print(f"  {'':30} {'seconds':>8} {'files/s':>9} {'MB/s':>7} {'MiB resident':>13}")
        for name, (seconds, kib) in results.items():
            rate = f"{count / seconds:9.0f} {count * size / seconds / 1e6:7.0f}"
            print(f"  {name:30} {seconds:8.3f} {rate} {kib / 1024:13.1f}")
        ours = results["upload-images"][0]
        best_curl = min(value[0] for name, value in results.items() if name.startswith("curl"))
        if size == SMALL[2]:
            goal(f"{best_curl / ours:.2f} x curl (2)", best_curl / ours >= 2)
            if not arguments.no_rclone:
                ratio = results["rclone copy"][0] / ours
                goal(f"{ratio:.2f} x rclone (8)", ratio >= 8)
        else:
            alike = results["upload-images --no-digest"][0]
            goal(f"{best_curl / alike:.2f} x curl, which sends no digest, without one (0.95)", best_curl / alike >= 0.95)
            print(f"           {best_curl / ours:.2f} x curl with a SHA-256 of each picture, as is the default")
            most = max(value[1] for name, value in results.items() if name.startswith("upload-images")) / 1024
            goal(f"{most:.1f} MiB resident at most (32)", most <= 32)
    return 1 if missed else 0


sys.exit(main())
