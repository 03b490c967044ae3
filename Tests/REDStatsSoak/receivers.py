"""Webhooks that are slow, dead and good."""

import socket
import time

from counts import check
from installation import Installation
from processes import Clock, Failure, wait
from traffic import Receiver, ask

# RetrySchedule: the first try, and one after each of its nine pauses.
TRIES, LONGEST_PAUSE = 10, 86_400 * 1.2


class Dead:
    """A port that nobody listens on."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port, self.calls = self.socket.getsockname()[1], 0


def webhooks(given):
    """A slow receiver and a dead one hold up nobody else's alerts; the dead one is tried ten times over three days, of
    which a clock that is set ahead makes seconds, and is disabled then."""
    good, dead = Receiver(refused_every=0), Dead()
    slow = Receiver(refused_every=0, seconds=0.3 if given.is_short else 1)
    clock = Clock(given.folder)
    with Installation(
            given.programs, given.folder, f"embedded:{given.folder}/events.sqlite",
            f"sqlite:{given.folder}/stats.sqlite",
            environment=clock.environment, receivers=[good, slow, dead]) as installed:
        uploads = installed.upload(given.chance)
        time.sleep(2 if given.is_short else 5)
        uploads.stop()

        def alerted():
            return len(installed.alerts(installed.subscriptions[0]))

        wait("the good webhook to be told of all", lambda: len(good.told()) >= alerted() > 0)
        behind = alerted() - len(slow.told())
        if behind <= 0:
            raise Failure("the slow webhook was told of all before the good one: nothing is shown")
        tries = try_until_disabled(installed, installed.subscriptions[2], clock)
        subscription = installed.subscriptions.pop()
        installed.receivers.pop()
        text = check(installed)
        alerts = installed.alerts(subscription)
        states = {
            state: sum(alert["state"] == state for alert in alerts) for state in ("pending", "delivered", "givenUp")}
        installed.stop()
    if tries != TRIES or states["givenUp"] != 1 or states["delivered"]:
        raise Failure(f"the dead webhook was disabled after {tries} tries with alerts {states}")
    return (f"the good one was told of all while {behind} waited for the slow one; the dead one was disabled after "
            f"{tries} tries, with alerts {states}; {text}")


def try_until_disabled(installed, subscription, clock):
    """How often its first alert was tried before it was disabled; each time the clock is set to the next try."""
    ahead = 0

    def attempts():
        return installed.alerts(subscription)[-1]["attempts"]

    def is_enabled():
        return ask(installed.stats[0], "GET", f"/v1/subscriptions/{subscription}")["enabled"]

    wait("the first try", lambda: attempts() >= 1)
    while is_enabled() and ahead < 2 * TRIES * LONGEST_PAUSE:
        tried = attempts()
        ahead += int(LONGEST_PAUSE)
        clock.set(ahead)
        wait("the next try", lambda: attempts() > tried)
        # It is disabled before its last try is written down.
    return attempts()
