"""Kills the server during uploads and removals, and compares what it then has with what it had answered; see scripts/soak-red.

usage: kills.py PROGRAM KILLS
"""

import os
import shutil
import sys
import tempfile
import time

from ledger import Crowd, Ledger, check, write_keys
from server import Server, seeded


def main():
    program, kills = sys.argv[1], int(sys.argv[2])
    chance, store, ledger = seeded(), tempfile.mkdtemp(prefix="red-soak-"), Ledger()
    keys = store + ".keys"
    write_keys(keys)
    try:
        for _ in range(kills):
            server = Server(program, store, "--keys", keys)
            check(server, store, ledger)
            crowd = Crowd(server, ledger, chance)
            time.sleep(chance.uniform(0.02, 0.6))
            server.kill()
            crowd.stop()
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
