"""Runs a program in a network of its own, where names mean what their owner wants at the moment.

    unshare --net --mount-proc --pid --fork --kill-child rebinding_network.py FOLDER PROGRAM [ARGUMENT…]

This network has two hosts' addresses, one public (93.184.216.34), one of a cloud's metadata service (169.254.169.254),
and a name server: `rebinds` is at the public one the first time, then at the other; `both` is at both; `silent` is
answered never. What connects to port 8080 is answered 200 and written to FOLDER/requests, a line of JSON each.
"""
import http.server
import json
import os
import socket
import struct
import subprocess
import sys
import threading

FOLDER, COMMAND = sys.argv[1], sys.argv[2:]
PUBLIC, METADATA = "93.184.216.34", "169.254.169.254"
lock = threading.Lock()
asked = {}


def prepare():
    for command in [
        ["ip", "link", "set", "lo", "up"], ["ip", "address", "add", PUBLIC + "/32", "dev", "lo"],
        ["ip", "address", "add", METADATA + "/32", "dev", "lo"],
        ["mount", "--bind", FOLDER + "/resolv.conf", "/etc/resolv.conf"],
    ]:
        subprocess.run(command, check=True)


def note(**line):
    with lock, open(FOLDER + "/requests", "a") as log:
        log.write(json.dumps(line) + "\n")


def addresses(name):
    with lock:
        number = asked[name] = asked.get(name, 0) + 1
    if name == "rebinds.example":
        return [PUBLIC] if number == 1 else [METADATA]
    return {"both.example": [METADATA, PUBLIC], "metadata.example": [METADATA]}.get(name, [])


def serve_names(server):
    while True:
        query, peer = server.recvfrom(512)
        labels, place = [], 12
        while query[place]:
            labels.append(query[place + 1:place + 1 + query[place]].decode())
            place += 1 + query[place]
        (kind,) = struct.unpack(">H", query[place + 1:place + 3])
        name = ".".join(labels)
        if name == "silent.example":
            continue
        found = addresses(name) if kind == 1 else []
        records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(a) for a in found)
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
        server.sendto(head + query[12:place + 5] + records, peer)


class Receiver(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        # As it is connected to, whatever it is called.
        note(address=self.connection.getsockname()[0], path=self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        # The next one looks the name up again.
        self.send_header("Connection", "close")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    def get_request(self):
        connection, peer = super().get_request()
        if connection.getsockname()[0] == METADATA:
            note(address=METADATA, path="")
        return connection, peer


prepare()
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
threading.Thread(target=serve_names, args=[names], daemon=True).start()
threading.Thread(target=Server(("0.0.0.0", 8080), Receiver).serve_forever, daemon=True).start()
# A proxy of the environment could connect to where we must not.
proxies = {name: f"http://{METADATA}:8080" for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]}
sys.exit(subprocess.run(COMMAND, env={**os.environ, **proxies}).returncode)
