"""Kills red, red-stats and what they stand on at random while pictures are uploaded."""

import collections
import threading
import time

from counts import check
from installation import Installation


def run(given, kills, uses_postgres, uses_rabbitmq):
    """Kills, starts again, and compares in the end; says the figures in words.

    RabbitMQ takes seconds to start: others are killed meanwhile.
    """
    services, chance = given.services, given.chance
    broker = services.rabbitmq.broker("kills") if uses_rabbitmq else f"embedded:{given.folder}/events.sqlite"
    store = services.postgres.store("kills") if uses_postgres else f"sqlite:{given.folder}/stats.sqlite"
    with Installation(given.programs, given.folder, broker, store) as installed:
        victims = [*installed.servers] + ([services.postgres] if uses_postgres else [])
        if uses_rabbitmq:
            services.rabbitmq.settle()
            victims.append(services.rabbitmq)
        uploads = installed.upload(chance)
        killed, starts = collections.Counter(), None
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.5))
            victim = chance.choice(victims)
            if victim.name == "rabbitmq":
                if starts:
                    starts.join()
                victim.kill()
                starts = Start(victim)
            else:
                victim.kill()
                victim.start()
            killed[victim.name] += 1
        if starts:
            starts.join()
        uploads.stop()
        text = check(installed)
        installed.stop()
    return f"killed {dict(killed)}; {text}"


class Start(threading.Thread):
    """A start that others need not wait for; its failure is whose that wait."""

    def __init__(self, victim):
        super().__init__()
        self.victim, self.failure = victim, None
        self.start()

    def run(self):
        try:
            self.victim.start()
        except Exception as failure:  # raised where it is waited for
            self.failure = failure

    def join(self):
        super().join()
        if self.failure:
            raise self.failure
