"""Calls of the system fail, in one program after the other."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "Soak"))

from counts import check  # noqa: E402
from failing import attached  # noqa: E402
from installation import Installation  # noqa: E402
from outages import only  # noqa: E402
from processes import Failure  # noqa: E402

# Of what SQLite does for an event and its count, and red for a picture. openat(2) is left out: libdispatch, in every program in
# Swift, ends the process where it cannot look into /proc/self/task, as once a second.
FAILING = {
    "fdatasync": ("EIO", "ENOSPC"), "fsync": ("EIO", "EDQUOT"), "pwrite64": ("EIO", "ENOSPC", "EINTR"),
    "pread64": ("EIO", "EINTR"), "unlink": ("EIO", "EROFS")}


def failing_calls(given):
    """Now and then a call of red or red-stats fails: it refuses what it cannot do, and goes on when calls succeed again."""
    kinds = [(call, error) for call, errors in FAILING.items() for error in errors]
    given.chance.shuffle(kinds)
    rounds = 6 if given.is_short else 8 * len(kinds)
    with Installation(given.programs, given.folder, f"embedded:{given.folder}/events.sqlite",
                      f"sqlite:{given.folder}/stats.sqlite") as installed:
        uploads, queries = installed.upload(given.chance), installed.query()
        for number in range(rounds):
            call, error = kinds[number % len(kinds)]
            server = given.chance.choice(installed.servers)
            fault = f"{call}:error={error}:when={given.chance.randint(1, 9)}+{given.chance.randint(1, 5)}"
            with attached(server.process.pid, [fault]):
                time.sleep(given.chance.uniform(0.3, 1))
            if server.process.poll() is not None:
                raise Failure(f"{server.name} ended with {server.process.returncode} when {fault}:\n{server.text()}")
        time.sleep(1)
        uploaded, asked = only(uploads.stop(), 200, 201, 500, 503, 507), only(queries.stop(), 200, 500, 503)
        text = check(installed)
        installed.stop()
    return f"{rounds} times; uploads {uploaded}; questions {asked}; {text}"
