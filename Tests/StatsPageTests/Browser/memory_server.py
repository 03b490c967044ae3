"""The page's files, and red-stats' API as far as the page asks for it, from memory, on a free port of 127.0.0.1."""
import json
import random
import re
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

PARAMETERS = {
    "/v1/stats": {"from", "to", "above", "client", "step"},
    "/v1/subscriptions": {"client", "after", "limit"},
    "/v1/alerts": {"client", "after"},
}
UNITS = {"M": 60, "H": 3600, "D": 86400, "W": 7 * 86400}


class Refusal(Exception):
    def __init__(self, status, detail):
        super().__init__(detail)
        self.status, self.detail = status, detail


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def text(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def next_step(step, now):
    """When the interval begins that begins next after a moment."""
    count, unit = int(re.search(r"\d+", step)[0]), step[-1]
    if step[1] != "T" and unit in "MY":
        months = now.year * 12 + now.month - 1
        months = (months // (count * (12 if unit == "Y" else 1)) + 1) * count * (12 if unit == "Y" else 1)
        return datetime(months // 12, months % 12 + 1, 1, tzinfo=timezone.utc)
    length, origin = count * UNITS[unit], 4 * 86400 if unit == "W" else 0
    return datetime.fromtimestamp((int(now.timestamp()) - origin) // length * length + origin + length, timezone.utc)


class MemoryServer:
    """What the server knows; a test may change it at any time."""

    def __init__(self, folder, keys=None):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.keys = keys  # None: none are asked for. Else key -> (client or None, scopes).
        self.events, self.subscriptions, self.alerts, self.requests = [], {}, [], []
        self.changed = threading.Condition()
        self.streams = 0
        self.is_away = False  # The API gives no answer; the page itself is there.
        self.cut = 0  # Streams older than this end.
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Handler,), {"state": self}))
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def fill(self, count=4000, days=400, client="acme", seed=7):
        source, now = random.Random(seed), datetime.now(timezone.utc)
        for _ in range(count):
            age = timedelta(days=days * source.random() ** 4)
            self.events.append((now - age, client, source.randrange(1_000_001)))

    def asked(self, path, method="GET"):
        return [query for verb, asked, query in list(self.requests) if (verb, asked) == (method, path)]

    def alert(self, subscription, red=912_345, image="f00d" * 16):
        with self.changed:
            found = self.subscriptions[subscription]
            now = text(datetime.now(timezone.utc))
            self.alerts.append({
                "sequence": len(self.alerts) + 1, "subscription": subscription, "client": found["client"],
                "above": found["above"], "red": red, "image": image, "event": "e", "time": now, "made": now,
                "state": "delivered", "attempts": 0, "traceparent": None,
            })
            self.changed.notify_all()

    def cut_streams(self):
        with self.changed:
            self.cut = self.streams
            self.changed.notify_all()

    def subscribe(self, client, above=300_000, channel="stream", name=None, enabled=True, configuration=None):
        key = f"{len(self.subscriptions) + 1:032x}"
        self.subscriptions[key] = {
            "id": key, "client": client, "above": above, "channel": channel, "configuration": configuration or {},
            "enabled": enabled, "name": name, "created": text(datetime.now(timezone.utc)),
        }
        return self.subscriptions[key]

    def count(self, query, client):
        start, end, above = moment(query["from"]), moment(query["to"]), int(query["above"])
        if start.year < 2000:
            raise Refusal(410, "What this interval needs is no longer kept.")
        bounds = [start]
        while (following := next_step(query["step"], bounds[-1])) < end:
            bounds.append(following)
        buckets = []
        for begin, stop in zip(bounds, bounds[1:] + [end]):
            reds = [red for time, whose, red in self.events
                    if begin <= time < stop and client in (None, whose)]
            buckets.append({"from": text(begin), "images": len(reds), "imagesAbove": sum(r > above for r in reds)})
        return {
            "from": query["from"], "to": query["to"], "above": above, "buckets": buckets,
            "images": sum(b["images"] for b in buckets), "imagesAbove": sum(b["imagesAbove"] for b in buckets),
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: MemoryServer

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", headers=()):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_request(self):
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        self.state.requests.append((self.command, parts.path, body if body is not None else query))
        try:
            asset = self.state.manifest["assets"].get(parts.path)
            if asset:
                headers = [*map(tuple, self.state.manifest["headers"]), ("ETag", asset["etag"])]
                return self.answer(200, (self.state.folder / asset["file"]).read_bytes(), asset["type"], headers)
            if self.state.is_away:
                self.close_connection = True
                return None
            unknown = set(query) - PARAMETERS.get(parts.path, {"before", "limit"})
            if unknown:
                raise Refusal(400, f"'{unknown.pop()}': there is no such one.")
            self.route(parts.path, query, body)
        except Refusal as refusal:
            problem = {"type": "about:blank", "status": refusal.status, "title": "x", "detail": refusal.detail}
            self.answer(refusal.status, problem, "application/problem+json")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_DELETE = handle_request

    def caller(self):
        if self.state.keys is None:
            name = self.headers.get("X-Client")
            if name is None:
                return None, ["read", "write", "admin"]
            return name.encode("latin-1").decode(), ["read", "write"]
        found = self.state.keys.get((self.headers.get("Authorization") or "").removeprefix("Bearer "))
        if found is None:
            raise Refusal(401, "This needs a valid API key.")
        return found

    def route(self, path, query, body):
        state, (client, scopes) = self.state, self.caller()
        if client is not None and query.get("client", client) != client:
            raise Refusal(403, "'client': you can see what is yours alone.")
        whose = query.get("client", client)
        mine = {key: s for key, s in state.subscriptions.items() if whose in (None, s["client"])}
        if self.command != "GET" and not {"write", "admin"} & set(scopes):
            raise Refusal(403, "This key is not for this.")
        if path == "/v1/me":
            return self.answer(200, {"client": client, "scopes": scopes, "keys": state.keys is not None})
        if path == "/v1/stats":
            return self.answer(200, state.count(query, whose))
        if path == "/v1/alerts":
            return self.stream(whose)
        if path == "/v1/subscriptions" and self.command == "POST":
            if body["channel"] == "email":
                raise Refusal(422, "'channel': this server sends no mail.")
            made = state.subscribe(
                client or body["client"], body["above"], body["channel"], body.get("name"),
                configuration=body["configuration"])
            return self.answer(201, {**made, **({"secret": "whsec_made"} if made["channel"] == "webhook" else {})})
        if path == "/v1/subscriptions":
            after, limit = query.get("after", ""), int(query["limit"])
            page = [s for key, s in sorted(mine.items()) if key > after]
            following = page[limit - 1]["id"] if len(page) > limit else None
            return self.answer(200, {"subscriptions": page[:limit], "next": following})
        key = path.rsplit("/", 1)[1]
        if key not in mine:
            raise Refusal(404, "There is no such subscription.")
        if path.startswith("/v1/alerts/"):
            found = [a for a in reversed(state.alerts) if a["subscription"] == key]
            return self.answer(200, {"alerts": found[:int(query["limit"])], "next": None})
        if self.command == "DELETE":
            del state.subscriptions[key]
            return self.answer(204, b"")
        mine[key].update(body)
        self.answer(200, mine[key])

    def stream(self, client):
        state, self.close_connection = self.state, True
        resumed = self.headers.get("Last-Event-ID")
        # Who comes back is told the last one again: once is not promised, at least once is.
        last = max(0, int(resumed) - 1) if resumed else len(state.alerts)
        with state.changed:
            state.streams += 1
            number = state.streams
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(f": alerts after {last}\n\n".encode())
        while True:
            with state.changed:
                state.changed.wait_for(lambda: len(state.alerts) > last or number <= state.cut, 2)
                if number <= state.cut:
                    return
                fresh, last = state.alerts[last:], len(state.alerts)
            for alert in fresh:
                if client in (None, alert["client"]):
                    # In two pieces, as the network may have it.
                    event = f"id: {alert['sequence']}\nevent: alert\ndata: {json.dumps(alert)}\n\n".encode()
                    self.wfile.write(event[:40])
                    self.wfile.flush()
                    self.wfile.write(event[40:])
            self.wfile.write(b":\n\n")
