"""Logs as programs write them, by an encoder of its own: all kinds of records, both modes, hostile names."""
from record_format import base36, bucket_of, escaped, histogram_text, record

HOSTILE = [
    "decode", "POST /images", "a b", "x=y", " c=00000000", "~hp1 stats", "\x1b]0;title\x07", "\u202eevil", "a|b`c`",
    "</script><img onerror=alert(1)>", "\u2028", "=cmd()", "%41%", "naïve 😀", "\"\\", "\x00\x01", "",
    "e\u0301", "\n~hp1 end",
]


class Session:
    """One run of a program, which writes records into `lines`."""

    def __init__(self, random, lines):
        self.random, self.lines = random, lines
        self.tag, self.sequence = random.getrandbits(64), 0
        self.hz = random.choice([1_000_000_000, 2_596_150_058, 24_000_000, 3_000_000_000])
        self.every = random.random() < 0.4
        self.callsites, self.paths, self.counters = [], [], {}
        self.span_number, self.now = 0, 10**6

    def write(self, kind, *fields):
        self.lines.append(record(kind, self.tag, self.sequence, fields))
        self.sequence += 1

    def announce(self):
        self.write(
            "session", ("version", 1), ("pid", 100 + self.tag % 900), ("host", escaped(self.random.choice(HOSTILE))),
            ("program", escaped(self.random.choice(HOSTILE))), ("build", b"3f9c1e7a"),
            ("start", 1795489751000872988 + self.tag % 10**9), ("clock", b"tsc"),
            ("mode", b"every" if self.every else b"aggregate"), ("flush", 10000), ("cost", 24100), ("slowest", 3),
            ("open", 10000), ("memory", 16777216))

    def clock(self):
        self.now += self.random.randrange(10**9, 10**10)
        self.write(
            "clock", ("wall", 1795489751000872988 + self.now), ("monotonic", self.now),
            ("ticks", self.now * self.hz // 10**9), ("hz", self.hz))

    def new_path(self):
        """A path under none or an earlier one, of an old or a new callsite: recursion over others comes by itself."""
        if not self.callsites or self.random.random() < 0.6:
            self.callsites.append(len(self.callsites) + 1)
            place = self.random.randrange(12)
            self.write(
                "callsite", ("id", self.callsites[-1]), ("name", escaped(HOSTILE[(place * 7) % len(HOSTILE)])),
                ("function", escaped(f"f{place}(_:)")), ("file", escaped(f"M/F{place % 3}.swift")), ("line", place))
        parent = self.random.choice([0] + self.paths)
        self.paths.append(len(self.paths) + 1)
        self.write(
            "path", ("id", self.paths[-1]), ("parent", parent), ("callsite", self.random.choice(self.callsites)),
            ("form", self.random.choice([b"sync", b"async"])))

    def stats(self, path):
        count, total, own, cpu, most, errors, folded, buckets = self.counters.get(path, (0, 0, 0, 0, 0, 0, 0, {}))
        buckets = dict(buckets)
        for _ in range(self.random.randrange(1, 6)):
            took = int(10 ** self.random.uniform(2, 9.5))
            count, total, most = count + 1, total + took, max(most, took)
            own += self.random.randrange(took + 1)
            cpu += self.random.randrange(took + 1)
            errors += self.random.random() < 0.1
            bucket = bucket_of(took * self.hz // 10**9)
            buckets[bucket] = buckets.get(bucket, 0) + 1
        self.counters[path] = (count, total, own, cpu, most, errors, folded, buckets)
        numbers = sorted(buckets)
        pieces = self.random.choice([1, 1, 1, 2, 3]) if len(numbers) >= 3 else 1
        cuts = [numbers[len(numbers) * piece // pieces:len(numbers) * (piece + 1) // pieces] for piece in range(pieces)]
        self.write(
            "stats", ("path", path), ("count", count), ("total", total), ("self", own), ("cpu", cpu), ("max", most),
            ("errors", errors), ("folded", folded), ("parts", pieces),
            ("histogram", histogram_text({number: buckets[number] for number in cuts[0]}).encode()))
        for part, cut in enumerate(cuts[1:], 2):
            self.write(
                "buckets", ("path", path), ("part", part),
                ("histogram", histogram_text({number: buckets[number] for number in cut}).encode()))

    def span(self, path):
        self.span_number += 1
        took = int(10 ** self.random.uniform(2, 9.5))
        fields = [
            ("path", path), ("id", self.span_number), ("parent", self.random.randrange(self.span_number)),
            ("thread", self.random.choice([0, 4243, 4244])), ("start", self.now), ("took", took),
            ("self", self.random.randrange(took + 1)), ("cpu", self.random.randrange(took + 1))]
        if self.random.random() < 0.1:
            fields.append(("error", b"M.SomeError"))
        if self.random.random() < 0.2:
            fields.append(("a.key", escaped(self.random.choice(HOSTILE))))
        self.write("span", *fields)

    def request(self, path):
        spans = [f"{base36(path)}.0.0.7a36o.4618g.39v"] + [
            f"{base36(self.random.choice(self.paths))}.{base36(self.random.randrange(at))}.{base36(at)}.5u1.46"
            + self.random.choice(["", "!"]) for at in range(1, self.random.randrange(1, 6))]
        self.write(
            "request", ("id", 1000 + self.sequence), ("path", path),
            ("reason", self.random.choice([b"slow", b"failed"])),
            ("start", self.now), ("took", 12228000), ("spans", len(spans)), ("partial", 0), ("parts", 1))
        self.write("tree", ("request", 999 + self.sequence), ("part", 1), ("spans", ",".join(spans).encode()))

    def other(self, path):
        """A record of a kind that the ranking does not come from, or of none that there is."""
        kind, fields = self.random.choice([
            ("errors", [("path", path), ("type", b"M.E"), ("count", 1)]),
            ("usage", [("path", path), ("minor_faults", 3), ("major_faults", 0), ("voluntary_switches", 1),
                       ("involuntary_switches", 0), ("blocks_in", 0), ("blocks_out", 8)]),
            ("open", [("path", path), ("request", 31), ("thread", 0), ("start", 2000000), ("age", 7998000000)]),
            ("probe", [("name", b"process"), ("v.user_us", self.now), ("v.resident_bytes", 11878400)]),
            ("module", [("id", 1), ("build", b"9f0c"), ("layout", b"41b2c39d08ef5a77"), ("path", b"/usr/bin/red"),
                        ("bias", 0)]),
            ("symbol", [("module", 1), ("start", 1201424), ("size", 512),
                        ("name", b"$s7Redness10RowDecoderV6decodeyyF")]),
            ("sample", [("sampler", b"stacks"), ("path", path), ("what", b"running"), ("count", self.sequence),
                        ("stack", b"1:pr4p.-6hc,?!")]),
            ("drops", [("lines", 0), ("spans", 0), ("paths", 0), ("misused", 0), ("requests", 0), ("steps", 0)]),
            ("novelty", [("x", 1)]),
        ])
        self.write(kind, *fields)

    def run(self):
        self.announce()
        for _ in range(self.random.randrange(1, 5)):
            self.clock()
            for _ in range(self.random.randrange(1, 4)):
                self.new_path()
            for _ in range(self.random.randrange(1, 10)):
                path = self.random.choice(self.paths)
                if self.every:
                    self.span(path)
                if not self.every or self.random.random() < 0.1:
                    self.stats(path)
                if self.random.random() < 0.2:
                    self.request(path)
                if self.random.random() < 0.4:
                    self.other(path)
        if self.random.random() < 0.3:
            self.announce()
        if self.random.random() < 0.7:
            self.write("end", ("reason", b"shutdown"))


def log(random):
    """The lines of a log, without their ends: a few sessions, one after the other or at once."""
    runs = []
    for _ in range(random.choice([1, 1, 2, 3])):
        lines = []
        Session(random, lines).run()
        runs.append(lines)
    if random.random() < 0.5:
        return [line for lines in runs for line in lines]
    mixed = []
    while any(runs):
        lines = random.choice([lines for lines in runs if lines])
        mixed.append(lines.pop(0))
        if random.random() < 0.3:
            mixed.append(b"2026-11-26 12:00:00 info red: ~ served GET /images/%d" % random.randrange(10**6))
    return mixed
