"""Has the server's calls of the system fail during uploads and removals: nothing that was answered is lost; see scripts/soak.

usage: calls.py PROGRAM SECONDS
"""

import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "Soak"))

from failing import attached  # noqa: E402
from figures import Figures  # noqa: E402
from ledger import Crowd, Ledger, check, write_keys  # noqa: E402
from server import Server, seeded  # noqa: E402

# Of what the server does for a picture: its file and its record. openat(2) is left out: libdispatch, in every program in Swift,
# ends the process where it cannot look into /proc/self/task, as once a second.
FAILING = {
    "fsync": ("EIO", "ENOSPC", "EDQUOT"), "fdatasync": ("EIO", "ENOSPC"), "pwrite64": ("EIO", "ENOSPC", "EINTR"),
    "link": ("EIO", "ENOSPC", "EMLINK"), "unlink": ("EIO", "EROFS"),
    "mkdir": ("ENOSPC", "EACCES"), "ftruncate": ("EIO",), "accept4": ("EMFILE", "ECONNABORTED"),
}
REFUSALS = (500, 503, 507)


def main():
    program, seconds = sys.argv[1], float(sys.argv[2])
    chance, store, ledger, figures = seeded(), tempfile.mkdtemp(prefix="red-soak-"), Ledger(), Figures()
    keys, deadline = store + ".keys", time.monotonic() + seconds
    write_keys(keys)
    kinds = [(call, error) for call, errors in FAILING.items() for error in errors]
    chance.shuffle(kinds)
    while time.monotonic() < deadline:
        server = Server(program, store, "--keys", keys)
        check(server, store, ledger)
        crowd = Crowd(server, ledger, chance, REFUSALS)
        for _ in range(4):
            call, error = kinds[0]
            kinds.append(kinds.pop(0))
            with attached(server.process.pid, [f"{call}:error={error}:when={chance.randint(1, 9)}+{chance.randint(1, 9)}"]):
                time.sleep(chance.uniform(0.2, 1))
            if server.process.poll() is not None:
                sys.exit(f"soak-red: the server ended with {server.process.returncode} when {call} failed with {error}")
            figures.add("kinds of failing calls")
        begin = time.monotonic()
        await_answer(server)
        figures.worst("answering again after", (time.monotonic() - begin) * 1e3, "ms")
        # Ended by force or in order: what is left by half is cleared by the next start.
        server.kill() if chance.random() < 0.5 else server.stop()
        crowd.stop()
    server = Server(program, store, "--keys", keys)
    check(server, store, ledger)
    server.stop()
    refused = sum(ledger.statuses[status] for status in REFUSALS)
    figures.add("requests refused", refused)
    figures.add("answers that were kept", ledger.answers)
    if not refused:
        sys.exit("soak-red: no call failed that a request needed")
    figures.tell("red-calls")
    shutil.rmtree(store)
    os.remove(keys)


def await_answer(server, seconds=30):
    """Waits until the server answers; the calls succeed again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection = server.connect(timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    sys.exit(f"soak-red: it does not answer within {seconds} s of the calls' success")


main()
