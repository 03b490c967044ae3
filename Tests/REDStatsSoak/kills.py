"""Kills red and red-stats while pictures are uploaded, and compares what is counted with what is kept; see scripts/soak-stats.

usage: kills.py PROGRAMS [--kills N] [--postgres]
"""

import argparse
import collections
import http.client
import http.server
import json
import os
import random
import struct
import sys
import tempfile
import threading
import time
import zlib

from processes import PostgreSQL, Server

CLIENT, ABOVE, WORKERS = "ann", 500_000, 4


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


class Receiver(http.server.ThreadingHTTPServer):
    """Takes webhooks, and refuses every five hundredth for now: those behind it wait five seconds, for they come in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hook)
        self.lock, self.pictures, self.calls = threading.Lock(), collections.defaultdict(set), 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.calls += 1
            is_refused = self.server.calls % 500 == 0
            if not is_refused:
                self.server.pictures[body["data"]["image"]].add(self.headers["webhook-id"])
        self.send_response(503 if is_refused else 204)
        if is_refused:
            self.send_header("Retry-After", "1")
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(server, method, path, body=None, client=None, attempts=600):
    """An answer's JSON; waits while the server is away."""
    headers = {"Content-Type": "application/json"} | ({"X-Client": client} if client else {})
    for _ in range(attempts):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status < 500:
                assert answer.status < 400, (path, answer.status, text)
                return json.loads(text) if text else None
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    sys.exit(f"soak-stats: {server.name} does not answer {method} {path}")


def upload(red, chance, answered, stop):
    while not stop.is_set():
        content = picture(chance)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", red.port, timeout=20)
            connection.request("POST", "/images", content, {"X-Client": CLIENT})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 201:
                answered.append(json.loads(body)["id"])
            # As many as can be told of one after the other before patience ends.
            time.sleep(0.05)
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)  # It was killed: whether the picture is kept, its records say.


def records(red):
    """What red keeps: the pictures' redness by their ids."""
    path, found = "/images?limit=1000", {}
    while path:
        connection = http.client.HTTPConnection("127.0.0.1", red.port, timeout=60)
        connection.request("GET", path, headers={"X-Client": CLIENT})
        answer = connection.getresponse()
        for record in json.loads(answer.read())["images"]:
            found[record["id"]] = record["red"]
        link = answer.getheader("Link")
        path = link[1:link.index(">")] if link else None
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    seed = int(os.environ.get("SOAK_SEED", random.randrange(1 << 32)))
    chance = random.Random(seed)
    print(f"soak-stats: SOAK_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        run(arguments, chance, folder)


def run(arguments, chance, folder):
    receiver = Receiver()
    hooks = receiver.server_address[1]
    broker = f"embedded:{folder}/events.sqlite"
    database = PostgreSQL(folder) if arguments.postgres else None
    store = database.url if database else f"sqlite:{folder}/stats.sqlite"
    red = Server("red", f"{arguments.programs}/red", "serve", "--port", "0", "--store", f"{folder}/store", "--broker", broker)
    stats = [
        Server(f"red-stats {number}", f"{arguments.programs}/red-stats", "serve", "--port", "0", "--store", store, "--broker",
               broker, "--webhook-http", "--webhook-network", "127.0.0.0/8", "--webhook-port", str(hooks))
        for number in (1, 2)]
    subscription = ask(stats[0], "POST", "/v1/subscriptions", {
        "client": CLIENT, "above": ABOVE, "channel": "webhook", "configuration": {"url": f"http://127.0.0.1:{hooks}/"}})["id"]
    answered, stop = [], threading.Event()
    workers = [threading.Thread(target=upload, args=(red, random.Random(chance.random()), answered, stop))
               for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    victims = [red, *stats] + ([database] if database else [])
    killed = collections.Counter()
    for _ in range(arguments.kills):
        time.sleep(chance.uniform(0.05, 0.5))
        victim = chance.choice(victims)
        victim.kill()
        killed[victim.name] += 1
        victim.start()
    stop.set()
    for worker in workers:
        worker.join()
    check(red, stats, receiver, subscription, answered, killed)
    status = [server.stop() for server in [*stats, red] + ([database] if database else [])]
    if any(status):
        sys.exit(f"soak-stats: ended with {status}")


def check(red, stats, receiver, subscription, answered, killed):
    kept = records(red)
    if set(answered) - set(kept):
        sys.exit(f"soak-stats: {len(set(answered) - set(kept))} pictures that were answered have no record")
    redder = {image for image, share in kept.items() if share > ABOVE}
    query = f"/v1/stats?from=2000-01-01&to=2100-01-01&above={ABOVE}"
    # A red-stats that was killed has its claims for some 70 s.
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        counted = ask(stats[0], "GET", query)
        with receiver.lock:
            told = set(receiver.pictures)
        if counted["images"] >= len(kept) and redder <= told:
            break
        time.sleep(0.2)
    time.sleep(1)
    counted = ask(stats[1], "GET", query)
    alerts, before = [], ""
    while True:
        page = ask(stats[1], "GET", f"/v1/alerts/{subscription}?limit=500{before}")
        alerts += [alert["image"] for alert in page["alerts"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    with receiver.lock:
        told = {image: len(ids) for image, ids in receiver.pictures.items()}
    found = {
        "counted": (counted["images"], len(kept)), "counted above": (counted["imagesAbove"], len(redder)),
        "alerts": (len(alerts), len(redder)), "alerted pictures": (len(set(alerts) & redder), len(redder)),
        "told pictures": (len(set(told) & redder), len(redder)), "ids a picture": (max(told.values(), default=1), 1)}
    wrong = {name: f"{is_} instead of {should}" for name, (is_, should) in found.items() if is_ != should}
    print(f"soak-stats: killed {dict(killed)}; {len(answered)} pictures answered, {len(kept)} kept, {counted['images']} counted, "
          f"{counted['imagesAbove']} above; {len(alerts)} alerts, told by {receiver.calls} calls")
    if wrong:
        sys.exit(f"soak-stats: {wrong}")
    print("soak-stats: each picture is counted once, and each alert was made once and told")


main()
