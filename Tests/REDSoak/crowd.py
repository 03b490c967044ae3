"""Crowds the server with connections that want nothing, or too slowly; see scripts/soak-red.

usage: crowd.py PROGRAM CONNECTIONS
"""

import resource
import shutil
import socket
import sys
import tempfile
import time

from server import Server, picture, seeded

SLOW_HEADS, STALLED_BODIES, PROBES = 200, 60, 50
# The server's defaults: a head may take 10 s, a body's silence 30 s.
LONGEST_SECONDS = 60


def open_socket(port, first=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    if first:
        connection.sendall(first)
    return connection


def probe(server, content):
    """How long an upload takes, in seconds."""
    begin = time.monotonic()
    connection = server.connect()
    connection.request("POST", "/red", body=content)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        sys.exit(f"soak-red: amid the crowd an upload was answered {answer.status}")
    return time.monotonic() - begin


def is_closed(connection):
    """Whether the server has ended the connection; what it still said is passed over."""
    connection.setblocking(False)
    try:
        while True:
            if not connection.recv(65536):
                return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def main():
    program, crowd = sys.argv[1], int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chance, store = seeded(), tempfile.mkdtemp(prefix="red-soak-")
    content = picture(chance, 40)
    server = Server(program, store)
    try:
        alone = sorted(probe(server, content) for _ in range(PROBES))
        before = server.status("VmRSS")
        idle = [open_socket(server.port) for _ in range(crowd)]
        heads = [open_socket(server.port, b"POST /images HTTP/1.1\r\nHost: localhost\r\nX: ") for _ in range(SLOW_HEADS)]
        bodies = [
            open_socket(server.port, b"POST /images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n\x89PNG")
            for _ in range(STALLED_BODIES)]
        crowded = sorted(probe(server, content) for _ in range(PROBES))
        after = server.status("VmRSS")
        hostile = idle + heads + bodies
        begin = time.monotonic()
        while hostile and time.monotonic() - begin < LONGEST_SECONDS:
            time.sleep(1)
            hostile = [connection for connection in hostile if not is_closed(connection)]
            for connection in heads:
                try:
                    connection.send(b"x")
                except OSError:
                    pass
        if hostile:
            sys.exit(f"soak-red: {len(hostile)} hostile connections still live after {LONGEST_SECONDS} s")
        probe(server, content)
        print(
            f"soak-red: {crowd} idle connections, {SLOW_HEADS} slow heads, {STALLED_BODIES} stalled bodies: all ended; "
            f"an upload took {alone[PROBES // 2] * 1e3:.1f} ms before and {crowded[PROBES // 2] * 1e3:.1f} ms amid them "
            f"(longest {crowded[-1] * 1e3:.1f} ms), resident {before / 1024:.0f} and {after / 1024:.0f} MiB")
        if after - before > 32 * 1024 + crowd * 24:
            sys.exit("soak-red: a connection costs more than 24 KiB")
        if server.stop() != 0:
            sys.exit("soak-red: the server did not end well")
    finally:
        server.process.kill()
        shutil.rmtree(store, ignore_errors=True)


main()
