"""Each event is published again and again, by several at once."""

import datetime
import json
import os
import random
import subprocess
import threading
import time

import pika

from counts import compare
from installation import ABOVE, CLIENT, Installation
from processes import Failure, wait
from traffic import ask, metric

TOPIC, GROUP = "hoofprint.red.measured", "red-stats"


def events(chance, count):
    """Events of two clients over two months; some have an id that another source's event has."""
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    made = []
    for number in range(count):
        client = (CLIENT, "bob")[number % 3 == 0]
        moment = begin + datetime.timedelta(seconds=chance.randrange(5_000_000))
        made.append({
            "specversion": "1.0", "type": "hoofprint.red.measured.v1", "source": f"red/storm-{number % 2}",
            "id": f"event-{number // 2}", "time": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "subject": client,
            "datacontenttype": "application/json",
            "data": {"client": client, "image": f"picture-{number}", "red": chance.randrange(1_000_001), "pixels": 256,
                     "width": 16, "height": 16}})
    return made


class Publisher(threading.Thread):
    """Publishes each event several times, in an order of its own, and has each confirmed."""

    def __init__(self, broker, made, times, chance):
        super().__init__(daemon=True)
        self.broker, self.chance, self.failure, self.published = broker, chance, None, 0
        self.order = made * times
        chance.shuffle(self.order)
        self.start()

    def run(self):
        try:
            connection = pika.BlockingConnection(pika.URLParameters(self.broker))
            channel = connection.channel()
            channel.confirm_delivery()
            for event in self.order:
                is_event = isinstance(event, dict)
                body = json.dumps(event) if is_event else event
                key = event["subject"] if is_event else "nobody"
                properties = pika.BasicProperties(
                    delivery_mode=2, message_id=event["id"] if is_event else "none", headers={"hoofprint-key": key})
                channel.basic_publish(TOPIC, key, body.encode(), properties, mandatory=True)
                self.published += 1
            connection.close()
        except Exception as failure:  # raised where it is waited for
            self.failure = failure

    def end(self):
        self.join()
        if self.failure:
            raise Failure(f"publishing failed: {self.failure!r}")
        return self.published


def duplicates(given):
    """Four publishers bring each event three times, with what is no event among it, while an instance is killed again
    and again; then files of the same events are imported. Each counts once, and each alert is made once."""
    made = events(given.chance, 300 if given.is_short else 3_000)
    poison = [f"no event {number}" for number in range(5)]
    store, broker = given.services.postgres.store("storm"), given.services.rabbitmq.broker("storm")
    with Installation(given.programs, given.folder, broker, store) as installed:
        publishers = [Publisher(broker, made + poison, 3, random.Random(given.chance.random())) for _ in range(4)]
        kills = 0
        # Its claims last for a minute, which the short form has not.
        while not given.is_short and any(publisher.is_alive() for publisher in publishers):
            time.sleep(given.chance.uniform(0.5, 2))
            installed.stats[1].kill()
            installed.stats[1].start()
            kills += 1
        published = sum(publisher.end() for publisher in publishers)
        wait_for_counts(installed, len(made))
        imported = [bring(installed, made) for _ in range(2)]
        dead = dead_letters(installed)
        found = counts(installed, made)
        found["dead letters"] = (dead, 4 * 3 * len(poison))
        found["imported again"] = (imported, [f"counted 0, counted before {len(made)}, too old 0, rejected 0"] * 2)
        compare(found)
        again = sum(metric(server, "red_stats_duplicates_total") for server in installed.stats)
        installed.stop()
    return (f"{published} messages published of {len(made)} events, {kills} kills, {again} passed over since the last, "
            f"{dead} dead letters; {found['counted ann'][0]} and {found['counted bob'][0]} counted; "
            f"{found['alerts'][0]} alerts, told by {installed.receivers[0].calls} calls")


def question(client):
    return f"/v1/stats?from=2026-01-01&to=2027-01-01&above={ABOVE}&client={client}"


def wait_for_counts(installed, count):
    def counted():
        return sum(ask(installed.stats[0], "GET", question(client))["images"] for client in (CLIENT, "bob"))

    wait("all events to be counted", lambda: counted() >= count, 300)
    redder = {alert["image"] for alert in installed.alerts(installed.subscriptions[0])}
    # A red-stats that was killed has its claims for some 70 s.
    wait("all alerts to be told", lambda: redder <= set(installed.receivers[0].told()), 300)
    # What is doubled follows.
    wait("the queue to be empty", lambda: queued(installed.broker) == 0, 300)


def queued(broker):
    """How many messages wait to be delivered."""
    connection = pika.BlockingConnection(pika.URLParameters(broker))
    try:
        return connection.channel().queue_declare(f"{TOPIC}:{GROUP}", passive=True).method.message_count
    finally:
        connection.close()


def bring(installed, made):
    """Imports the events from a file; what the command says."""
    path = os.path.join(installed.folder, "events.ndjson")
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in made)
    return command(installed, "import", path, "--store", installed.store).strip()


def dead_letters(installed):
    return int(command(installed, "dead-letters", "--broker", installed.broker).splitlines()[-1].split()[0])


def command(installed, *arguments):
    done = subprocess.run([f"{installed.programs}/red-stats", *arguments], env=os.environ | {"HOOFPRINT": "off"},
                          capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"red-stats {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def counts(installed, made):
    """What is counted and what should be, and so for alerts."""
    found = {}
    for client in (CLIENT, "bob"):
        counted = ask(installed.stats[0], "GET", question(client))
        own = [event["data"]["red"] for event in made if event["subject"] == client]
        found[f"counted {client}"] = (counted["images"], len(own))
        found[f"counted above of {client}"] = (counted["imagesAbove"], sum(red > ABOVE for red in own))
    own = [event["data"] for event in made if event["subject"] == CLIENT]
    redder = sorted(data["image"] for data in own if data["red"] > ABOVE)
    alerts = sorted(alert["image"] for alert in installed.alerts(installed.subscriptions[0]))
    told = installed.receivers[0].told()
    found["alerts"] = (len(alerts), len(redder))
    found["alerted pictures"] = (alerts == redder, True)
    found["told pictures"] = (sorted(told) == redder, True)
    found["ids a picture"] = (max(told.values(), default=1), 1)
    return found
