"""The clock is set, back and ahead, while pictures are counted."""

import collections
import time

from counts import check, compare
from installation import Installation
from processes import Clock
from outages import only
from traffic import Receiver, ask

HOUR, DAY = 3_600, 86_400


def clock_step(given):
    """Counts and alerts are right where the clock is set back an hour, ahead a day and right again; each picture is
    counted in the hour that red's clock had. No webhook is refused, for tries are repeated at a time of the clock's."""
    clock, pause = Clock(given.folder), 3 if given.is_short else 10
    with Installation(
            given.programs, given.folder, f"embedded:{given.folder}/events.sqlite",
            f"sqlite:{given.folder}/stats.sqlite",
            environment=clock.environment, receivers=[Receiver(refused_every=0)]) as installed:
        uploads, queries = installed.upload(given.chance), installed.query()
        for seconds in (0, -HOUR, -HOUR + DAY, 0):
            clock.set(seconds)
            time.sleep(pause)
        uploaded, asked = only(uploads.stop(), 201), only(queries.stop(), 200)
        begin = time.monotonic()
        text = check(installed, seconds=120)
        waited = time.monotonic() - begin
        compare(hours(installed))
        installed.stop()
    return f"uploads {uploaded}; questions {asked}; all told {waited:.1f} s after the last; {text}"


def hours(installed):
    """How many were counted in each hour, and how many red has of it."""
    received = collections.Counter(record["received"][:13] for record in installed.records().values())
    first = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - DAY))
    last = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 3 * DAY))
    buckets = ask(installed.stats[0], "GET", f"/v1/stats?from={first}&to={last}&above=0&step=PT1H")["buckets"]
    counted = {bucket["from"][:13]: bucket["images"] for bucket in buckets if bucket["images"]}
    return {f"in the hour {hour}": (counted.get(hour, 0), received.get(hour, 0)) for hour in {*counted, *received}}
