"""Requests a second of GET /v1/stats beside nginx and a file of the answer's size; see `run`.

usage: requests.py PROGRAMS EVENTS
"""

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "Tests/REDStatsSoak")
from processes import Server, free_port  # noqa: E402
from services import PostgreSQL  # noqa: E402

CONNECTIONS, SECONDS, ROUNDS, CLIENTS = 16, 5, 3, 20

# Another value each time, so that nobody could have the answer from before.
ASK = """
math.randomseed(os.time())
request = function()
    local path = "/v1/stats?from=2025-01-08T07:00:01Z&to=2025-12-29T11:22:33.444Z&above=" .. math.random(0, 999999)
    return wrk.format("GET", path, {["X-Client"] = "client-" .. math.random(0, %d)})
end
""" % (CLIENTS - 1)

NGINX = """
worker_processes auto;
pid {0}/nginx.pid;
error_log {0}/error.log;
events {{ }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
    server {{ listen 127.0.0.1:{1}; root {0}/files; }}
}}
"""


class Nginx:
    name = "nginx, a file"

    def __init__(self, folder, port, text):
        os.makedirs(f"{folder}/files")
        os.chmod(folder, 0o755)
        with open(f"{folder}/files/stats.json", "wb") as file:
            file.write(text)
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(NGINX.format(folder, port))
        self.port = port
        self.process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"])

    def stop(self):
        self.process.terminate()
        self.process.wait()


def ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/v1/stats?from=2025-01-08&to=2025-12-29&above=123456", headers={"X-Client": "client-1"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        sys.exit(f"requests: {answer.status} {text}")
    return text


def load(port, path, script=None):
    """Requests a second, and the latencies' median and 99th percentile in ms."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{port}{path}"]
    output = subprocess.run(command + (["-s", script] if script else []), check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"requests: wrk says\n{output}")
    units = {"us": 1e-3, "ms": 1, "s": 1e3}

    def latency(name):
        number, unit = re.search(rf"{name}%\s+([\d.]+)(us|ms|s)", output).groups()
        return float(number) * units[unit]

    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), latency(50), latency(99)


def main():
    programs, events = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        database = PostgreSQL(folder)
        servers = []
        for name, url in [("SQLite", f"sqlite:{folder}/stats.sqlite"), ("PostgreSQL", database.store("stats"))]:
            subprocess.run([f"{programs}/stats-check", "fill", url, events, str(CLIENTS)], check=True)
            servers.append(Server(name, f"{folder}/{name}.log", f"{programs}/red-stats", "api", "--store", url))
        script = f"{folder}/ask.lua"
        with open(script, "w") as file:
            file.write(ASK)
        text = ask(servers[0].port)
        nginx = Nginx(f"{folder}/nginx", free_port(), text)
        time.sleep(0.5)
        found = {server.name: [] for server in [*servers, nginx]}
        for _ in range(ROUNDS):
            for server in servers:
                found[server.name].append(load(server.port, "/", script))
            found[nginx.name].append(load(nginx.port, "/stats.json"))
        for server in [*servers, nginx, database]:
            server.stop()
    best = statistics.median(rate for rate, _, _ in found[nginx.name])
    print(f"GET /v1/stats of {events} events, {len(text)} bytes, {CONNECTIONS} connections:")
    for name, results in found.items():
        rate, middle, slow = (statistics.median(result[column] for result in results) for column in range(3))
        print(f"  {name:14} {rate:9.0f} requests/s, {rate / best:6.3f} of nginx; p50 {middle:.2f} ms, p99 {slow:.2f} ms")


main()
