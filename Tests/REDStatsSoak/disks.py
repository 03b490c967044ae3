"""The disk is full for a while."""

import contextlib
import os
import subprocess
import time

from counts import check
from installation import Installation
from outages import only
from processes import Failure

MEGABYTES = 48


@contextlib.contextmanager
def small_disk(folder):
    """A file system of its own; in a mount namespace that scripts/soak-stats makes."""
    path = os.path.join(folder, "disk")
    os.mkdir(path)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "soak", path]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"no small disk could be mounted, which needs root: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(path, spare):
    """Takes what room there is, but for some bytes."""
    with contextlib.suppress(OSError), open(path, "ab", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4_096))
    os.truncate(path, max(0, os.path.getsize(path) - spare))


def disk_full(given):
    """red's pictures, the queue and the counts are on a disk that is filled up again and again, with some kilobytes
    left or none: red refuses pictures then, and every one that it took is counted."""
    rounds = 3 if given.is_short else 12
    with small_disk(given.folder) as disk, Installation(
            given.programs, given.folder, f"embedded:{disk}/events.sqlite", f"sqlite:{disk}/stats.sqlite",
            kept=f"{disk}/store") as installed:
        uploads, queries = installed.upload(given.chance), installed.query()
        for round in range(rounds):
            time.sleep(1)
            fill(f"{disk}/ballast", given.chance.choice((0, 8_192, 65_536, 262_144)) if round else 0)
            time.sleep(2)
            os.unlink(f"{disk}/ballast")
        time.sleep(1)
        uploaded, asked = uploads.stop(), only(queries.stop(), 200, 503)
        text = check(installed)
        installed.stop()
    refused = uploaded.get(507, 0) + uploaded.get(503, 0)
    if not refused:
        raise Failure(f"the disk was never full: {uploaded}")
    return f"filled {rounds} times; uploads {only(uploaded, 201, 503, 507)}; questions {asked}; {text}"
