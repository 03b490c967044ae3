"""What red and red-stats stand on is away for a while, or they themselves are started anew."""

import time

from counts import check
from installation import Installation
from processes import Failure, free_port, wait
from traffic import metric, request


def only(outcomes, *allowed):
    """Refuses outcomes but those that are allowed."""
    if set(outcomes) - set(allowed):
        raise Failure(f"requests ended with {dict(outcomes)}, not only with {allowed}")
    return ", ".join(f"{count} × {outcome}" for outcome, count in sorted(outcomes.items(), key=str))


def rolling_restart(given):
    """Instances are ended by SIGTERM and started again, one after the other, while pictures and questions stream in: no
    request fails that is sent again where nobody listens."""
    store, broker = given.services.postgres.store("restarts"), given.services.rabbitmq.broker("restarts")
    ports = [free_port() for _ in range(3)]
    with Installation(given.programs, given.folder, broker, store, ports=ports) as installed:
        uploads, queries = installed.upload(given.chance), installed.query()
        rounds = 3 if given.is_short else 20
        for _ in range(rounds):
            for server in installed.servers:
                time.sleep(given.chance.uniform(0.1, 0.4))
                status = server.stop()
                if status:
                    raise Failure(f"{server.name} ended with {status}:\n{server.text()}")
                server.start()
        outcomes = uploads.stop(), queries.stop()
        uploaded, asked = only(outcomes[0], 200, 201), only(outcomes[1], 200)
        text = check(installed)
        installed.stop()
    return f"{3 * rounds} restarts; uploads {uploaded}; questions {asked}; {text}"


def broker_away(given):
    """RabbitMQ is away: red takes pictures on, and their events go when it is back."""
    rabbitmq, seconds = given.services.rabbitmq, 10 if given.is_short else 60
    broker = rabbitmq.broker("away")
    with Installation(given.programs, given.folder, broker, f"sqlite:{given.folder}/stats.sqlite") as installed:
        rabbitmq.settle()
        uploads, queries = installed.upload(given.chance), installed.query()
        time.sleep(2)
        before = uploads.seen()[201]
        rabbitmq.kill()
        time.sleep(seconds)
        waiting, during = metric(installed.red, "red_events_waiting"), uploads.seen()[201] - before
        rabbitmq.start()
        back = time.monotonic()
        time.sleep(1)
        uploaded, asked = only(uploads.stop(), 201), only(queries.stop(), 200)
        wait("the events to go", lambda: metric(installed.red, "red_events_waiting") == 0, 120)
        drained = time.monotonic() - back
        text = check(installed)
        installed.stop()
    if waiting < during:
        raise Failure(f"{waiting} events waited, of {during} pictures that were taken")
    return (f"away for {seconds} s, {during} pictures taken meanwhile, {waiting} events waited, gone {drained:.1f} s after "
            f"it was back; uploads {uploaded}; questions {asked}; {text}")


def store_away(given):
    """PostgreSQL is away: red takes pictures on, questions are answered 503, and all is counted when it is back."""
    postgres, seconds = given.services.postgres, 5 if given.is_short else 30
    broker = given.services.rabbitmq.broker("stores")
    with Installation(given.programs, given.folder, broker, postgres.store("away")) as installed:
        uploads, queries = installed.upload(given.chance), installed.query()
        time.sleep(2)
        postgres.kill()
        time.sleep(seconds)
        status, headers, _ = request(installed.stats[0], "GET", installed.question)
        ready, _, _ = request(installed.stats[0], "GET", "/readyz")
        postgres.start()
        time.sleep(1)
        uploaded, asked = only(uploads.stop(), 201), only(queries.stop(), 200, 503)
        text = check(installed)
        installed.stop()
    if (status, ready) != (503, 503) or not headers["Retry-After"]:
        raise Failure(
            f"without its store it answers {status}, Retry-After {headers['Retry-After']}, and is ready: {ready}")
    return f"away for {seconds} s; uploads {uploaded}; questions {asked}; {text}"
