"""Kills upload-images and red at random while pictures are uploaded; see scripts/soak-upload."""

import hashlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib

SECONDS_PER_KILL = 0.4
STORED_NAME = re.compile(r"[0-9a-f]{64}(\.\w+)?")


def picture(source, side):
    """A PNG of random pixels: no two are equal."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + source.randbytes(3 * side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


class Soak:
    def __init__(self, programs, work, kills, count):
        self.programs, self.work, self.kills, self.count = programs, work, kills, count
        self.seed = int(os.environ.get("SOAK_SEED", time.time_ns() % 2**32))
        self.random = random.Random(self.seed)
        self.pictures, self.store, self.journal = work / "pictures", work / "store", work / "journal"
        self.log = open(work / "log", "wb")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def make_pictures(self):
        digests, size = set(), 0
        for index in range(self.count):
            content = picture(self.random, 300 if index % 50 == 0 else 8 + index % 16)
            folder = self.pictures / str(index % 20)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{index}.png").write_bytes(content)
            digests.add(hashlib.sha256(content).hexdigest())
            size += len(content)
        assert len(digests) == self.count
        return digests, size

    def start_red(self):
        command = [self.programs / "red", "serve", "--port", str(self.port), "--store", self.store]
        process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return process
            except OSError:
                time.sleep(0.01)
        sys.exit(f"soak-upload: red ended with {process.returncode} at its start:\n{self.tail()}")

    def start_upload(self, *options):
        command = [self.programs / "upload-images", self.pictures, "--to", f"http://127.0.0.1:{self.port}"]
        command += ["--journal", self.journal, "--attempts", "100", "--json", *options]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)

    def tail(self):
        return (self.work / "log").read_bytes()[-2000:].decode(errors="replace")

    def killed(self, process):
        process.kill()
        process.wait()

    def run(self):
        digests, size = self.make_pictures()
        rate = max(1024, int(size / (self.kills * SECONDS_PER_KILL)))
        print(f"soak-upload: {self.count} pictures, {size} bytes, {rate} bytes/s, seed {self.seed}", flush=True)
        counts = {"upload-images": 0, "red": 0}
        red, upload = self.start_red(), self.start_upload("--limit-rate", str(rate))
        for _ in range(self.kills):
            time.sleep(self.random.uniform(0, 2 * SECONDS_PER_KILL * 0.8))
            if upload.poll() is not None:
                break
            victim = self.random.choice(list(counts))
            counts[victim] += 1
            if victim == "red":
                self.killed(red)
                red = self.start_red()
            else:
                self.killed(upload)
                upload = self.start_upload("--limit-rate", str(rate))
        self.killed(upload)
        for _ in range(3):
            upload = self.start_upload()
            summary = json.loads(upload.communicate()[0])
            if upload.returncode == 0:
                break
        problems = [] if upload.returncode == 0 else [f"the last upload ended with {upload.returncode}: {summary}"]
        again = self.start_upload()
        second = json.loads(again.communicate()[0])
        if (second["resumed"], second["uploaded"], second["alreadyThere"]) != (self.count, 0, 0):
            problems.append(f"another run does not find all in the journal: {second}")
        # Its start clears what an end by force has left; then it ends in peace.
        self.killed(red)
        red = self.start_red()
        red.send_signal(signal.SIGTERM)
        red.wait()
        problems += self.check_store(digests)
        done = sum(counts.values())
        print(f"soak-upload: killed upload-images {counts['upload-images']} and red {counts['red']} times")
        if done < self.kills:
            problems.append(f"all was uploaded after {done} kills; give more pictures or fewer kills")
        for problem in problems:
            print(f"soak-upload: {problem}", file=sys.stderr)
        if problems:
            print(f"soak-upload: the log ends:\n{self.tail()}", file=sys.stderr)
        else:
            print(f"soak-upload: each of the {self.count} pictures is there once, byte for byte, and nothing else")
        return 1 if problems else 0

    def check_store(self, digests):
        problems, seen = [], []
        for path in self.store.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            if STORED_NAME.fullmatch(path.name):
                seen.append(hashlib.sha256(content).hexdigest())
                if not path.name.startswith(seen[-1]):
                    problems.append(f"{path} has not the content of its name")
            elif content.startswith(b"\x89PNG"):
                problems.append(f"{path} is left of an upload")
        if len(seen) != len(set(seen)):
            problems.append(f"{len(seen) - len(set(seen))} pictures are there twice")
        if lost := digests - set(seen):
            problems.append(f"{len(lost)} pictures are lost, among them {sorted(lost)[0]}")
        if strange := set(seen) - digests:
            problems.append(f"{len(strange)} pictures are there that were not sent, among them {sorted(strange)[0]}")
        return problems


sys.exit(Soak(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])).run())
