#!/usr/bin/env python3
"""customers.py PORT SECONDS [STUCK]: uses the order desk as its customers do, for SECONDS, then asks for STUCK labels of a
carrier that nobody knows, and goes away without them. Prints how many requests of each kind were answered."""

import http.client
import random
import socket
import sys
import threading
import time

PORT = int(sys.argv[1])
END = time.monotonic() + float(sys.argv[2])
STUCK = int(sys.argv[3]) if len(sys.argv) > 3 else 0
CITIES = ("Aosta", "Bergamo", "Cuneo", "Domodossola", "Enna")
# Who asks for what: how many at once, the pause after an answer, and the request.
KINDS = {
    "duplicates": (1, 0.1, lambda chance: ("GET", f"/customers/duplicates?city={chance.choice(CITIES)}")),
    "history": (2, 0.05, lambda chance: ("GET", f"/customers/{chance.randrange(1, 2000)}/orders")),
    "reservation": (8, 0, lambda chance: ("POST", f"/orders/{chance.randrange(1, 300000)}/reservation")),
    "label": (1, 0.01, lambda chance: ("POST", f"/shipments/{chance.randrange(1, 300000)}/label?carrier=courier")),
    "invoice": (1, 0.01, lambda chance: ("GET", f"/invoices/{chance.randrange(1, 20000)}")),
    "customer": (1, 0.01, lambda chance: ("GET", f"/customers/{chance.randrange(1, 2000)}")),
    "customers": (1, 0.05, lambda chance: ("GET", f"/customers?page={chance.randrange(40)}")),
}
answered = dict.fromkeys(KINDS, 0)
failures = []
lock = threading.Lock()


def use(kind, seed):
    _, pause, request = KINDS[kind]
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    while time.monotonic() < END:
        method, path = request(chance)
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        with lock:
            answered[kind] += 1
            if answer.status != 200:
                failures.append(f"{method} {path}: {answer.status}")
        time.sleep(pause)


def guarded(kind, seed):
    try:
        use(kind, seed)
    except (OSError, http.client.HTTPException) as trouble:
        with lock:
            failures.append(f"{kind}: {trouble!r}")


threads = [threading.Thread(target=guarded, args=(kind, f"{kind} {number}"))
           for kind, (count, _, _) in KINDS.items() for number in range(count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
waiting = []
for number in range(STUCK):
    waiting.append(socket.create_connection(("127.0.0.1", PORT)))
    waiting[-1].sendall(f"POST /shipments/{number + 1}/label?carrier=pigeon HTTP/1.1\r\nHost: desk\r\n\r\n".encode())
if waiting:
    # They are not answered; a request that came after them is, so they were taken.
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", "/health")
    connection.getresponse().read()
print(" ".join(f"{kind}={count}" for kind, count in answered.items()))
if failures:
    sys.exit(f"customers: {len(failures)} requests failed: {failures[0]}")
