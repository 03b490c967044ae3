"""Loads a server with clients that are slow, many, large, rude and gone, round after round; see scripts/soak.

It answers others meanwhile, and memory, descriptors and threads are afterwards what they were.

usage: load.py PROGRAMS SECONDS red|red-stats CONNECTIONS
"""

import os
import resource
import socket
import statistics
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "REDStatsSoak"))

from figures import Figures, seeded  # noqa: E402
from processes import Failure, Server, wait  # noqa: E402

SLOW, HALF_CLOSED, PIPELINES, DEEP, GONE = 50, 50, 20, 10, 100
# Rounds after which what is allocated once is there; what a round may add after them; what all of it may be, in KiB.
WARM_ROUNDS, SLOPE_KIB, MOST_KIB = 3, 256, 128 * 1024
SPARE_DESCRIPTORS, SPARE_THREADS = 8, 4
PATHS = {"red": "/images", "red-stats": "/v1/subscriptions"}
TOO_LARGE, REFUSAL_SECONDS, LINGERING_SECONDS = 1 << 30, 30, 30
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Probe(threading.Thread):
    """Another client, that asks whether the server is well, on a connection of its own each time."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seconds, self.failures, self.stopping = port, [], [], threading.Event()
        self.start()

    def run(self):
        while not self.stopping.wait(0.02):
            begin = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
                    connection.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                    answer = read_to_end(connection)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    self.failures.append(f"it answered {answer[:80]!r}")
            except OSError as error:
                self.failures.append(f"{type(error).__name__}: {error}")
            self.seconds.append(time.monotonic() - begin)


def read_to_end(connection):
    """What comes until the other end closes; what was there where it resets."""
    answer = b""
    try:
        while part := connection.recv(65_536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


class Round:
    """Connections of each kind at once."""

    def __init__(self, server, path, connections, chance):
        self.port, self.path, self.chance = server.port, path, chance
        self.idle = [self.connect() for _ in range(connections)]
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
        self.heads = [self.connect(head + b"X: ") for _ in range(SLOW)]
        self.bodies = [self.connect(head + b"Content-Length: 100000\r\n\r\n{") for _ in range(SLOW)]
        self.head = head

    def connect(self, first=b""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        if first:
            connection.sendall(first)
        return connection

    def drip(self):
        """A byte from each of the slow ones; those that the server has ended are passed over."""
        for connection in self.heads + self.bodies:
            try:
                connection.send(b"x")
            except OSError:
                pass

    def half_close(self):
        """Clients that say nothing more: after a whole request, which is answered, and within one."""
        whole = [self.connect(HEALTH) for _ in range(HALF_CLOSED)]
        parts = [self.connect(HEALTH[:self.chance.randrange(1, len(HEALTH) - 2)]) for _ in range(HALF_CLOSED)]
        for connection in whole + parts:
            connection.shutdown(socket.SHUT_WR)
        answered = sum(read_to_end(connection).startswith(b"HTTP/1.1 200 ") for connection in whole)
        for connection in parts:
            read_to_end(connection)
        for connection in whole + parts:
            connection.close()
        if answered != HALF_CLOSED:
            raise Failure(f"{answered} of {HALF_CLOSED} requests were answered whose client then closed its half")

    def pipeline(self):
        """Requests in a row, of which each is answered."""
        for _ in range(PIPELINES):
            with self.connect(HEALTH * (DEEP - 1) + HEALTH.replace(b"Host", b"Connection: close\r\nHost")) as connection:
                answered = read_to_end(connection).count(b"HTTP/1.1 200 ")
            if answered != DEEP:
                raise Failure(f"{answered} of {DEEP} requests in a row were answered")

    def oversize(self):
        """A body that is too large is refused, whether it says so before or not; its sender need not send it all."""
        with self.connect(self.head + f"Content-Length: {TOO_LARGE}\r\n\r\n".encode()) as connection:
            connection.settimeout(REFUSAL_SECONDS)
            try:
                self.expect_refusal(connection.recv(65_536))
            except TimeoutError:
                raise Failure(f"a body of {TOO_LARGE} bytes is not refused before it comes") from None
        with self.connect(self.head + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
            # What comes after the refusal is thrown away for a while, so that the client gets to read it.
            chunk, end = b"100000\r\n" + bytes(1 << 20) + b"\r\n", time.monotonic() + LINGERING_SECONDS
            try:
                while time.monotonic() < end:
                    connection.sendall(chunk)
                raise Failure(f"a body without end is taken for {LINGERING_SECONDS} s")
            except (ConnectionResetError, BrokenPipeError):
                pass

    def expect_refusal(self, answer):
        if not answer.startswith(b"HTTP/1.1 413 "):
            raise Failure(f"a body of {TOO_LARGE} bytes was answered {answer[:80]!r}")

    def vanish(self):
        """Clients that reset their connection, within a request or before one."""
        for number in range(GONE):
            connection = self.connect(HEALTH[:number % len(HEALTH)])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    def end(self):
        for connection in self.idle + self.heads + self.bodies:
            connection.close()


class Resources:
    """What the server has of memory (KiB), descriptors and threads."""

    def __init__(self, pid):
        with open(f"/proc/{pid}/status") as lines:
            status = dict(line.split(":", 1) for line in lines)
        self.kib, self.threads = int(status["VmRSS"].split()[0]), int(status["Threads"])
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))


def slope(numbers):
    """The rise of a straight line through the numbers, by least squares, a step."""
    return statistics.linear_regression(range(len(numbers)), numbers).slope if len(numbers) > 1 else 0


def compare(before, rounds):
    """Refuses what grows."""
    last, warm = rounds[-1], rounds[min(WARM_ROUNDS, len(rounds)) - 1:]
    if last.threads > rounds[0].threads + SPARE_THREADS:
        raise Failure(f"{last.threads} threads, {rounds[0].threads} after the first round")
    if last.kib - before.kib > MOST_KIB:
        raise Failure(f"{(last.kib - before.kib) // 1024} MiB more than before the first round")
    rise = slope([round.kib for round in warm])
    if len(warm) > 5 and rise > SLOPE_KIB:
        raise Failure(f"memory grows by {rise:.0f} KiB a round, over {len(warm)} rounds")
    return rise


def load(server, path, connections, chance, deadline, figures):
    before, rounds, probe = Resources(server.process.pid), [], Probe(server.port)
    while not rounds or time.monotonic() < deadline:
        round = Round(server, path, connections, chance)
        steps = [round.half_close, round.pipeline, round.oversize, round.vanish]
        chance.shuffle(steps)
        for step in steps:
            try:
                step()
            except OSError as error:
                raise Failure(f"{step.__name__}: {error!r}; {server.text()[-1_000:]}") from error
            round.drip()
        amid = Resources(server.process.pid)
        round.end()
        limit = before.descriptors + SPARE_DESCRIPTORS
        wait(f"descriptors to be {limit} again", lambda: Resources(server.process.pid).descriptors <= limit)
        rounds.append(Resources(server.process.pid))
        figures.add("rounds")
        figures.add("connections", connections + 2 * SLOW + 2 * HALF_CLOSED + PIPELINES + 2 + GONE)
        figures.worst("resident amid them", amid.kib / 1024, "MiB")
        if server.process.poll() is not None:
            raise Failure(f"it ended: {server.text()}")
    probe.stopping.set()
    probe.join()
    if probe.failures:
        raise Failure(f"{len(probe.failures)} of {len(probe.seconds)} others were not answered: {probe.failures[0]}")
    rise = compare(before, rounds)
    seconds = sorted(probe.seconds)
    figures.add("others answered", len(seconds))
    figures.worst("p99 of others", seconds[len(seconds) * 99 // 100] * 1e3, "ms")
    figures.worst("longest", seconds[-1] * 1e3, "ms")
    if len(rounds) > WARM_ROUNDS:
        figures.worst("memory grew by", rise, "KiB a round")
    figures.worst("descriptors left", rounds[-1].descriptors - before.descriptors, "")


def main():
    programs, seconds, name, connections = sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chance, figures = seeded("soak"), Figures()
    with tempfile.TemporaryDirectory(prefix="soak-load-") as folder:
        options = {"red": ["--store", f"{folder}/store"], "red-stats": ["--store", f"sqlite:{folder}/stats.sqlite"]}
        if name == "red-stats":
            options[name] += ["--broker", f"embedded:{folder}/events.sqlite"]
        server = Server(name, f"{folder}/log", f"{programs}/{name}", "serve", *options[name])
        try:
            load(server, PATHS[name], connections, chance, time.monotonic() + seconds, figures)
            if server.stop():
                raise Failure(f"it ended with {server.process.returncode}: {server.text()}")
        except Failure as failure:
            sys.exit(f"soak: {name} under load: {failure}")
        finally:
            server.kill()
    figures.tell(f"load-{name}")


if __name__ == "__main__":
    main()
