"""What clients were answered, and whether a server's store is as they were told."""

import collections
import hashlib
import http.client
import json
import os
import random
import sys
import threading

from server import picture

CLIENTS, CONNECTIONS = ("ann", "ben"), 6


class Ledger:
    """What the server has answered: for each client and picture whether it is there, is not, or may be either."""

    def __init__(self):
        self.lock = threading.Lock()
        self.states = {}
        self.pictures = {}
        self.answers, self.statuses, self.mistakes = 0, collections.Counter(), []

    def begin(self, client, digest):
        with self.lock:
            self.states[client, digest] = None

    def end(self, client, digest, is_there):
        with self.lock:
            self.states[client, digest] = is_there
            self.answers += 1


class Client:
    """One connection of a client: uploads, and now and then removes."""

    def __init__(self, server, name, ledger, chance, refusals):
        self.server, self.ledger, self.chance, self.refusals = server, ledger, chance, refusals
        self.name, self.headers, self.mine = name, {"Authorization": f"Bearer {name}-key"}, []

    def work(self, stopping):
        """Goes on until it is stopped, or the server is gone."""
        connection = self.server.connect()
        while not stopping.is_set():
            try:
                self.remove(connection) if self.mine and self.chance.random() < 0.2 else self.upload(connection)
            except (OSError, http.client.HTTPException):
                # What was under way may have been done or not.
                connection.close()
                if not self.refusals or self.server.process.poll() is not None:
                    return
        connection.close()

    def ask(self, connection, method, path, body, expected):
        """An answer's text; None: it was refused, for now."""
        connection.request(method, path, body=body, headers=self.headers)
        answer = connection.getresponse()
        text = answer.read()
        self.ledger.statuses[answer.status] += 1
        if answer.status in expected:
            return text
        if answer.status not in self.refusals:
            self.ledger.mistakes.append(f"{method} {path} was answered {answer.status}: {text[:200]}")
        return None

    def remove(self, connection):
        digest = self.mine.pop(self.chance.randrange(len(self.mine)))
        self.ledger.begin(self.name, digest)
        if self.ask(connection, "DELETE", f"/images/{digest}", None, (204, 404)) is not None:
            self.ledger.end(self.name, digest, False)

    def upload(self, connection):
        content = picture(self.chance, self.chance.choice((8, 40, 150)))
        digest = hashlib.sha256(content).hexdigest()
        with self.ledger.lock:
            self.ledger.pictures[digest] = content
        self.ledger.begin(self.name, digest)
        text = self.ask(connection, "POST", "/images", content, (200, 201))
        if text is None:
            return
        if json.loads(text)["id"] != digest:
            self.ledger.mistakes.append(f"the upload of {digest} was answered {text[:200]}")
        self.ledger.end(self.name, digest, True)
        self.mine.append(digest)


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
    if ledger.mistakes:
        sys.exit(f"soak-red: {len(ledger.mistakes)} wrong answers, as: {ledger.mistakes[0]}")
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


class Crowd:
    """Clients, on some connections each, that upload and remove until they are stopped or the server is gone.

    `refusals` are statuses that say that something was not done.
    """

    def __init__(self, server, ledger, chance, refusals=()):
        self.stopping = threading.Event()
        clients = [
            Client(server, CLIENTS[number % len(CLIENTS)], ledger, random.Random(chance.random()), refusals)
            for number in range(CONNECTIONS)]
        self.threads = [threading.Thread(target=client.work, args=(self.stopping,)) for client in clients]
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Waits until none has a request under way."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def write_keys(path):
    """A file of the clients' keys."""
    with open(path, "w") as file:
        for client in CLIENTS:
            file.write(f"{client} {hashlib.sha256(f'{client}-key'.encode()).hexdigest()}\n")
