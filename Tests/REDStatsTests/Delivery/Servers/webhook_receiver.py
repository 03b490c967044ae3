"""A receiver of webhooks that behaves as a request's path says, and writes down each request as a line of JSON.

    webhook_receiver.py PORT LOG SECRET [REDIRECT_TO [CERTIFICATE KEY]]

Signatures are verified with Python's own hmac: `signed` in a line says whether one was right.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import socketserver
import ssl
import sys
import threading
import time

PORT, LOG, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]
REDIRECT_TO = sys.argv[4] if len(sys.argv) > 4 else ""
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
lock = threading.Lock()
counts = {}


def is_signed(headers, body):
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(expected, headers["webhook-signature"] or "")


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.note(b"", False)
        self.answer(200)

    def note(self, body, signed):
        with lock:
            number = counts[self.path] = counts.get(self.path, 0) + 1
            line = {
                "path": self.path, "method": self.command, "number": number, "signed": signed,
                "id": self.headers["webhook-id"], "timestamp": self.headers["webhook-timestamp"],
                "traceparent": self.headers["traceparent"], "type": self.headers["content-type"], "body": body.decode(),
            }
            with open(LOG, "a") as log:
                log.write(json.dumps(line) + "\n")
        return number

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = self.note(body, is_signed(self.headers, body))
        kind = self.path.split("/")[1]
        if kind == "ok":
            self.answer(204)
        elif kind == "fails-first":
            self.answer(500 if number <= int(self.path.split("/")[2]) else 200)
        elif kind == "fails":
            self.answer(500)
        elif kind == "busy":
            self.answer(503, [("Retry-After", "7200")])
        elif kind == "redirects":
            self.answer(302, [("Location", REDIRECT_TO)])
        elif kind == "gone":
            self.answer(410)
        elif kind == "dead":
            time.sleep(3600)
        elif kind == "slow":
            time.sleep(0.3)
            self.answer(200)
        elif kind == "held":
            while os.path.exists(LOG + ".hold"):
                time.sleep(0.01)
            self.answer(200)
        elif kind == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        elif kind == "endless-head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        elif kind == "drips":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x")
                time.sleep(0.2)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, address):
        pass  # the other side has hung up, as it should


server = Server(("127.0.0.1", PORT), Receiver)
if len(sys.argv) > 5:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[5], sys.argv[6])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
