"""The disk is full for a while."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "Soak"))

from counts import check  # noqa: E402
from installation import Installation  # noqa: E402
from outages import only  # noqa: E402
from processes import Failure  # noqa: E402
from small_disks import fill, small_disk  # noqa: E402

KILOBYTES = 48 * 1024


def disk_full(given):
    """red's pictures, the queue and the counts are on a disk that is filled up again and again, with some kilobytes
    left or none: red refuses pictures then, and every one that it took is counted."""
    rounds = 3 if given.is_short else 12
    with small_disk(given.folder, KILOBYTES) as disk, Installation(
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
