"""Pictures that are uploaded, questions that are asked, and webhooks that are called."""

import collections
import http.client
import http.server
import json
import struct
import threading
import time
import zlib

from processes import Failure


def picture(chance):
    """A PNG of 16 by 16 pixels, of which any number are red; no two are alike."""
    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    red = chance.randrange(257)
    pixels = [b"\xff\0\0"] * red + [b"\0\0" + bytes([chance.randrange(256)]) for _ in range(256 - red)]
    rows = b"".join(b"\0" + b"".join(pixels[row * 16:row * 16 + 16]) for row in range(16))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0))
            + chunk(b"tEXt", b"Comment\0" + chance.randbytes(8).hex().encode()) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def request(server, method, path, body=None, headers=None, timeout=20):
    """An answer: its status, its headers, its body. Where nobody listens the server is away, and tried for a minute."""
    deadline = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
        try:
            connection.connect()
        except ConnectionRefusedError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
            continue
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def ask(server, method, path, body=None, client=None, attempts=600):
    """An answer's JSON; waits while the server is away."""
    headers = {"Content-Type": "application/json"} | ({"X-Client": client} if client else {})
    for _ in range(attempts):
        try:
            status, _, text = request(server, method, path, json.dumps(body) if body else None, headers)
            if status < 500:
                if status >= 400:
                    raise Failure(f"{server.name} answers {method} {path} with {status}: {text.decode()}")
                return json.loads(text) if text else None
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    raise Failure(f"{server.name} does not answer {method} {path}")


def metric(server, name):
    """The sum of a metric's values."""
    _, _, text = request(server, "GET", "/metrics")
    values = [line.rsplit(" ", 1)[1] for line in text.decode().splitlines() if line.split("{")[0].split(" ")[0] == name]
    if not values:
        raise Failure(f"{server.name} has no metric {name}")
    return sum(int(value) for value in values)


class Crowd:
    """Threads that do the same again and again, with pauses, until they are told to stop; how it went, counted."""

    def __init__(self, count, pause, once):
        """`once` is told which thread it is in, and gives its outcome."""
        self.pause = pause
        self.once, self.lock = once, threading.Lock()
        self.outcomes, self.stopping = collections.Counter(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        while not self.stopping.is_set():
            try:
                outcome = self.once(number)
            except (OSError, http.client.HTTPException) as error:
                outcome = type(error).__name__
            with self.lock:
                self.outcomes[outcome] += 1
            self.stopping.wait(self.pause)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return dict(self.outcomes)

    def seen(self):
        with self.lock:
            return collections.Counter(self.outcomes)


class Receiver(http.server.ThreadingHTTPServer):
    """Takes webhooks: the ids each picture came with, and when it came first.

    Every so many calls one is refused for now, for a second at least: those behind it wait, for they come in order.
    """

    daemon_threads, request_queue_size = True, 128

    def __init__(self, refused_every=500, seconds=0):
        super().__init__(("127.0.0.1", 0), Hook)
        self.refused_every, self.seconds = refused_every, seconds
        self.lock, self.pictures, self.calls = threading.Lock(), collections.defaultdict(set), 0
        self.came = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def take(self, image, name):
        """Whether a call is taken."""
        with self.lock:
            self.calls += 1
            if self.refused_every and self.calls % self.refused_every == 0:
                return False
            self.pictures[image].add(name)
            self.came.setdefault(image, time.monotonic())
            return True

    def told(self):
        """How many ids each picture came with."""
        with self.lock:
            return {image: len(names) for image, names in self.pictures.items()}


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.server.seconds)
        is_taken = self.server.take(body["data"]["image"], self.headers["webhook-id"])
        self.send_response(204 if is_taken else 503)
        if not is_taken:
            self.send_header("Retry-After", "1")
        self.end_headers()

    def log_message(self, *_):
        pass
