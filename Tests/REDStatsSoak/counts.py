"""Compares what is counted, alerted and told with what red keeps."""

import time

from installation import ABOVE
from processes import Failure
from traffic import ask


def compare(found):
    """Refuses what is not as it should be, of pairs."""
    wrong = {name: f"{is_} instead of {should}" for name, (is_, should) in found.items() if is_ != should}
    if wrong:
        raise Failure(f"{wrong}")


def check(given, seconds=600):
    """Waits until all is counted and told, and fails where something is lost or doubled; says the figures in words.

    A red-stats that was killed has its claims for some 70 s.
    """
    kept = given.records()
    lost = set(given.answered) - set(kept)
    if lost:
        raise Failure(f"{len(lost)} pictures that were answered have no record")
    redder = {image for image, record in kept.items() if record["red"] > ABOVE}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        counted = ask(given.stats[0], "GET", given.question)
        if counted["images"] >= len(kept) and all(redder <= set(receiver.told()) for receiver in given.receivers):
            break
        time.sleep(0.2)
    # What would be told or counted twice has come by now.
    time.sleep(1)
    counted = ask(given.stats[1], "GET", given.question)
    compare({"counted": (counted["images"], len(kept)), "counted above": (counted["imagesAbove"], len(redder))})
    texts = [check_alerts(given, subscription, receiver, redder)
             for subscription, receiver in zip(given.subscriptions, given.receivers)]
    return (f"{len(given.answered)} pictures answered, {len(kept)} kept, {counted['images']} counted, "
            f"{counted['imagesAbove']} above; " + "; ".join(texts))


def check_alerts(given, subscription, receiver, redder):
    """Each picture that is redder has one alert, that was told at least once, always with one id."""
    alerts = [alert["image"] for alert in given.alerts(subscription)]
    told = receiver.told()
    compare({
        "alerts": (len(alerts), len(redder)), "alerted pictures": (len(set(alerts) & redder), len(redder)),
        "told pictures": (len(set(told) & redder), len(redder)),
        "pictures told without cause": (len(set(told) - redder), 0),
        "ids a picture": (max(told.values(), default=1), 1)})
    return f"{len(alerts)} alerts, told by {receiver.calls} calls"
