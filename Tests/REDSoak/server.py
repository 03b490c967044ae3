"""A `red` server as a process, and pictures to send it."""

import http.client
import os
import random
import struct
import subprocess
import sys
import zlib


class Server:
    """A server on a free port."""

    def __init__(self, program, store, *options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOFPRINT")}
        environment["HOOFPRINT"] = "off"
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--store", store, *options],
            env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line.startswith("listening on "):
                self.port = int(line.rsplit(":", 1)[1])
                break
            if line.startswith("red: cannot"):
                sys.exit(line)
        else:
            sys.exit("soak-red: the server ended at once")
        # What it logs from now on nobody reads: that is not to hold it up.

    def kill(self):
        """Ends it as a loss of power would, as far as a process can see."""
        self.process.kill()
        self._wait()

    def stop(self):
        """Ends it as an operator would; gives its exit status."""
        self.process.terminate()
        return self._wait()

    def _wait(self):
        self.process.wait()
        self.process.stderr.close()
        return self.process.returncode

    def status(self, name):
        """A number of /proc/PID/status, in kB."""
        with open(f"/proc/{self.process.pid}/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))

    def connect(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)


def picture(chance, size):
    """A PNG of random pixels, `size` by `size`."""
    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + chance.randbytes(size * 3) for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def seeded():
    seed = int(os.environ.get("SOAK_SEED", random.randrange(1 << 32)))
    print(f"soak-red: SOAK_SEED={seed}")
    return random.Random(seed)
