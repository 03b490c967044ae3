"""red and red-stats amid faults; see scripts/soak-stats.

usage: soak.py PROGRAMS [--kills N] [--postgres] [--rabbitmq] [--faults [NAME…]] [--short]
"""

import argparse
import concurrent.futures
import dataclasses
import os
import random
import sys
import tempfile
import time
import traceback

import kills
from clocks import clock_step
from disks import disk_full
from failing_calls import failing_calls
from outages import broker_away, rolling_restart, store_away
from processes import Failure
from receivers import webhooks
from services import Services
from storms import duplicates

FAULTS = {
    "rolling-restart": rolling_restart, "duplicates": duplicates, "broker-away": broker_away, "store-away": store_away,
    "webhooks": webhooks, "clock-step": clock_step, "disk-full": disk_full,
    "failing-calls": failing_calls}


@dataclasses.dataclass
class Setting:
    """What a scenario has: the programs, a folder of its own, chance, services; whether it is to be short."""

    programs: str
    folder: str
    chance: random.Random
    services: Services
    is_short: bool


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rabbitmq", action="store_true")
    parser.add_argument("--faults", nargs="*", metavar="NAME")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    if given.short:
        given.kills = 10 if given.kills is None else given.kills
        given.postgres = given.rabbitmq = True
        given.faults = given.faults or list(FAULTS)
    elif given.faults is None:
        given.kills = 200 if given.kills is None else given.kills
    elif not given.faults:
        given.faults = list(FAULTS)
    for name in given.faults or []:
        if name not in FAULTS:
            parser.error(f"no fault '{name}'; these are: {', '.join(FAULTS)}")
    return given


def rows(given):
    """Scenarios to be run one after the other; the rows at a time: in the short form, for there is much waiting."""
    scenarios = FAULTS | {"kills": lambda setting: kills.run(setting, given.kills, given.postgres, given.rabbitmq)}
    names = (["kills"] if given.kills else []) + (given.faults or [])
    alone = {"webhooks", "clock-step", "disk-full", "failing-calls"}
    row_of = {name: ("kills" if name == "kills" else name in alone) if given.short else "" for name in names}
    return [[(name, scenarios[name]) for name in names if row_of[name] == row]
            for row in dict.fromkeys(row_of.values())]


def run(row, given, seed, folder):
    """Runs scenarios, which share PostgreSQL and RabbitMQ; those that failed."""
    failed = []
    with Services(folder) as services:
        for name, scenario in row:
            own = os.path.join(folder, name)
            os.mkdir(own)
            begin = time.monotonic()
            try:
                text = scenario(Setting(given.programs, own, random.Random(f"{seed} {name}"), services, given.short))
            except Failure as failure:
                text = f"FAILED: {failure}"
                failed.append(name)
            except Exception:  # a scenario that breaks is a scenario that failed: the others are run all the same
                text = f"FAILED:\n{traceback.format_exc()}"
                failed.append(name)
            print(f"soak-stats: {name}, {time.monotonic() - begin:.0f} s: {text}", flush=True)
    return failed


def main():
    given = arguments()
    seed = int(os.environ.get("SOAK_SEED", random.randrange(1 << 32)))
    print(f"soak-stats: SOAK_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor() as pool:
        os.chmod(folder, 0o755)
        running = []
        for number, row in enumerate(rows(given)):
            own = os.path.join(folder, str(number))
            os.mkdir(own)
            running.append(pool.submit(run, row, given, seed, own))
        failed = [name for row in running for name in row.result()]
    if failed:
        sys.exit(f"soak-stats: failed: {', '.join(failed)}")
    print("soak-stats: each picture is counted once, and each alert was made once and told")


main()
