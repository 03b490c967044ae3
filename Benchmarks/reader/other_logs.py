"""Logs that other analysers read, of a fixed seed: a web server's access log, and a PostgreSQL server's log of statements."""
import os
import random

LINES = 100_000
METHODS = ["GET", "GET", "GET", "POST"]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "curl/7.88.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0",
]
TABLES = [f"table_{number}" for number in range(20)]


def clock(second):
    return f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"


def access_line(number, source):
    address = f"10.{source.randrange(4)}.{source.randrange(256)}.{source.randrange(1, 255)}"
    return (
        f'{address} - - [24/Nov/2026:{clock(number // 50)} +0000] "{source.choice(METHODS)} '
        f'/images/{source.randrange(2000)}?size={source.randrange(64)} HTTP/1.1" {source.choice([200, 200, 200, 404, 500])} '
        f'{source.randrange(100_000)} "-" "{source.choice(AGENTS)}"\n')


def statement_line(number, source):
    table = source.choice(TABLES)
    statement = source.choice([
        f"SELECT a, b FROM {table} WHERE id = {source.randrange(10**6)}",
        f"UPDATE {table} SET a = {source.randrange(100)} WHERE id = {source.randrange(10**6)}",
        f"INSERT INTO {table} (a, b) VALUES ({source.randrange(100)}, 'x{source.randrange(10**6)}')",
    ])
    return (
        f"2026-11-24 {clock(number // 50)}.{number % 1000:03} UTC [{1000 + source.randrange(16)}] LOG:  duration: "
        f"{source.expovariate(0.1):.3f} ms  statement: {statement}\n")


def write(path, line):
    """Writes a log, where it is missing. Returns its path."""
    if not os.path.exists(path):
        source = random.Random(1)
        with open(path + ".tmp", "w") as file:
            file.writelines(line(number, source) for number in range(LINES))
        os.rename(path + ".tmp", path)
    return path


def commands(folder):
    """How each analyser reads its log, into a page."""
    access = write(os.path.join(folder, "access.log"), access_line)
    statements = write(os.path.join(folder, "postgresql.log"), statement_line)
    page = os.path.join(folder, "page.html")
    return {
        "GoAccess": [
            "goaccess", access, "--log-format=COMBINED", "--no-global-config", "--no-progress", "-o", page],
        "pgBadger": ["pgbadger", "-q", "-j", "2", "-f", "stderr", "-p", "%m [%p] ", "-o", page, statements],
    }
