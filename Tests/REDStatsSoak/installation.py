"""red, instances of red-stats and a client: what is broken in a soak, and what is counted in the end."""

import json
import os
import random

from processes import Failure, Server
from traffic import Crowd, Receiver, ask, picture, request

CLIENT, ABOVE, WORKERS = "ann", 500_000, 4


class Installation:
    """A red and two instances of red-stats on a broker and a store, and a client that uploads and has a webhook."""

    def __init__(self, programs, folder, broker, store, *, kept=None, environment=None, ports=(0, 0, 0),
                 receivers=None):
        self.programs, self.folder, self.broker, self.store = programs, folder, broker, store
        self.receivers = receivers or [Receiver()]
        self.answered, self.servers, self.crowds = [], [], []
        self.environment, self.ports = environment, ports
        self.red = self.serve("red", "red", "--store", kept or f"{folder}/store", "--broker", broker)
        self.stats = [
            self.serve(f"red-stats {number}", "red-stats", "--store", store, "--broker", broker, "--webhook-http",
                       "--webhook-network", "127.0.0.0/8",
                       *(option for receiver in self.receivers for option in ("--webhook-port", str(receiver.port))))
            for number in (1, 2)]
        self.subscriptions = [self.subscribe(receiver) for receiver in self.receivers]

    def serve(self, name, program, *options):
        # Through env: the first process that libfaketime is in loses its arguments to Swift.
        command = [*(["env"] if self.environment else []), f"{self.programs}/{program}", "serve", *options]
        server = Server(name, os.path.join(self.folder, f"{name}.log"), *command, port=self.ports[len(self.servers)],
                        environment=self.environment)
        self.servers.append(server)
        return server

    def subscribe(self, receiver):
        return ask(self.stats[0], "POST", "/v1/subscriptions", {
            "client": CLIENT, "above": ABOVE, "channel": "webhook",
            "configuration": {"url": f"http://127.0.0.1:{receiver.port}/"}})["id"]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for crowd in self.crowds:
            crowd.stop()
        for server in self.servers:
            server.kill()

    def upload(self, chance, workers=WORKERS):
        """Uploads pictures until the crowd is stopped; outcomes are statuses."""
        chances = [random.Random(chance.random()) for _ in range(workers)]

        def once(number):
            status, _, body = request(self.red, "POST", "/images", picture(chances[number]), {"X-Client": CLIENT})
            if status in (200, 201):
                self.answered.append(json.loads(body)["id"])
            return status

        # As many as can be told of one after the other before patience ends.
        return self.crowd(Crowd(workers, 0.05, once))

    def query(self):
        """Asks both instances for counts until the crowd is stopped; outcomes are statuses."""
        def once(number):
            return request(self.stats[number % 2], "GET", self.question)[0]

        return self.crowd(Crowd(2, 0.02, once))

    def crowd(self, crowd):
        self.crowds.append(crowd)
        return crowd

    question = f"/v1/stats?from=2000-01-01&to=2100-01-01&above={ABOVE}&client={CLIENT}"

    def records(self):
        """What red keeps: the pictures' redness by their ids."""
        path, found = "/images?limit=1000", {}
        while path:
            status, headers, body = request(self.red, "GET", path, headers={"X-Client": CLIENT}, timeout=60)
            if status != 200:
                raise Failure(f"red answers GET {path} with {status}")
            for record in json.loads(body)["images"]:
                found[record["id"]] = record
            link = headers["Link"]
            path = link[1:link.index(">")] if link else None
        return found

    def alerts(self, subscription):
        found, before = [], ""
        while True:
            page = ask(self.stats[1], "GET", f"/v1/alerts/{subscription}?limit=500{before}")
            found += page["alerts"]
            if page["next"] is None:
                return found
            before = f"&before={page['next']}"

    def stop(self):
        """Ends all as an operator would."""
        for server in [*self.stats, self.red]:
            status = server.stop()
            if status:
                raise Failure(f"{server.name} ended with {status}:\n{server.text()}")
