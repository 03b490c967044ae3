"""Kills the server during uploads and removals, and compares what it then has with what it had answered; see scripts/soak-red.

usage: kills.py PROGRAM KILLS
"""

import hashlib
import http.client
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time

from server import Server, picture, seeded

CLIENTS, CONNECTIONS = ("ann", "ben"), 6


class Ledger:
    """What the server has answered: for each client and picture whether it is there, is not, or may be either."""

    def __init__(self):
        self.lock = threading.Lock()
        self.states = {}
        self.pictures = {}
        self.answers = 0

    def begin(self, client, digest):
        with self.lock:
            self.states[client, digest] = None

    def end(self, client, digest, is_there):
        with self.lock:
            self.states[client, digest] = is_there
            self.answers += 1


def work(server, client, ledger, chance, stop):
    """Uploads, and now and then removes, until the server is gone."""
    connection = server.connect()
    headers = {"Authorization": f"Bearer {client}-key"}
    mine = []
    try:
        while not stop.is_set():
            if mine and chance.random() < 0.2:
                digest = mine.pop(chance.randrange(len(mine)))
                ledger.begin(client, digest)
                connection.request("DELETE", f"/images/{digest}", headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status not in (204, 404):
                    sys.exit(f"soak-red: a removal was answered {answer.status}")
                ledger.end(client, digest, False)
                continue
            content = picture(chance, chance.choice((8, 40, 150)))
            digest = hashlib.sha256(content).hexdigest()
            with ledger.lock:
                ledger.pictures[digest] = content
            ledger.begin(client, digest)
            connection.request("POST", "/images", body=content, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status not in (200, 201) or json.loads(body)["id"] != digest:
                sys.exit(f"soak-red: an upload was answered {answer.status}: {body[:200]}")
            ledger.end(client, digest, True)
            mine.append(digest)
    except (OSError, http.client.HTTPException):
        pass  # The server is gone: what was under way may have been done or not.
    finally:
        connection.close()


def listed(server, client):
    """The ids of a client's records, each once."""
    connection = server.connect()
    path, found = "/images?limit=1000", []
    while path:
        connection.request("GET", path, headers={"Authorization": f"Bearer {client}-key"})
        answer = connection.getresponse()
        found += [image["id"] for image in json.loads(answer.read())["images"]]
        link = answer.getheader("Link")
        path = link[1:link.index(">")] if link else None
    connection.close()
    if len(found) != len(set(found)):
        sys.exit(f"soak-red: {client} has a record twice")
    return set(found)


def check(server, store, ledger):
    """Holds the store against the ledger; what was under way is settled by what is found."""
    recorded = set()
    for client in CLIENTS:
        found = listed(server, client)
        recorded |= found
        for (owner, digest), is_there in ledger.states.items():
            if owner != client:
                continue
            if is_there is not None and is_there != (digest in found):
                sys.exit(f"soak-red: {client}'s picture {digest} is {'lost' if is_there else 'back'}")
            ledger.states[owner, digest] = digest in found
        unknown = found - {digest for owner, digest in ledger.states if owner == client}
        if unknown:
            sys.exit(f"soak-red: {client} has a picture that was not sent: {unknown}")
    files = {}
    for folder, _, names in os.walk(store):
        for name in names:
            if name.startswith("records.sqlite") or name == "lock":
                continue
            path = os.path.join(folder, name)
            if name.partition(".")[0] in files:
                sys.exit(f"soak-red: {path} is there twice")
            files[name.partition(".")[0]] = path
    if set(files) != recorded:
        sys.exit(f"soak-red: files without a record: {set(files) - recorded}; without a file: {recorded - set(files)}")
    for digest, path in files.items():
        with open(path, "rb") as file:
            if file.read() != ledger.pictures[digest]:
                sys.exit(f"soak-red: {path} does not hold the picture that was sent")


def main():
    program, kills = sys.argv[1], int(sys.argv[2])
    chance, store, ledger = seeded(), tempfile.mkdtemp(prefix="red-soak-"), Ledger()
    keys = store + ".keys"
    with open(keys, "w") as file:
        for client in CLIENTS:
            file.write(f"{client} {hashlib.sha256(f'{client}-key'.encode()).hexdigest()}\n")
    try:
        for _ in range(kills):
            server = Server(program, store, "--keys", keys)
            check(server, store, ledger)
            stop = threading.Event()
            threads = [
                threading.Thread(target=work, args=(
                    server, CLIENTS[number % len(CLIENTS)], ledger, random.Random(chance.random()), stop))
                for number in range(CONNECTIONS)]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.02, 0.6))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
        server = Server(program, store, "--keys", keys)
        check(server, store, ledger)
        if server.stop() != 0:
            sys.exit("soak-red: the server did not end well")
        there = sum(1 for is_there in ledger.states.values() if is_there)
        print(f"soak-red: {kills} kills, {ledger.answers} answers, {there} pictures there, all whole")
    finally:
        shutil.rmtree(store, ignore_errors=True)
        os.remove(keys)


main()
