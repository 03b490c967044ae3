"""A slow reader of logs, written from TheRecordFormat.md and TraceReport.md: what a report has to say of a log."""
from collections import Counter

from record_format import REQUIRED, Damaged, bounds, parse

COUNTERS = ("count", "total", "self", "cpu", "max", "errors")


class Session:
    """What one run of a program wrote."""

    def __init__(self):
        # By sequence number, in the order read: kind and fields.
        self.records, self.unknown, self.announced = {}, set(), False

    def table(self, kind):
        """The record of a kind for each of its numbers, the last that was read."""
        return {fields["id"]: fields for found, fields in self.records.values() if found == kind}

    def hz(self):
        """Ticks a second; None: not known."""
        clocks = [fields for kind, fields in self.records.values() if kind == "clock"]
        newest = max((fields["monotonic"] for fields in clocks), default=None)
        return [fields["hz"] for fields in clocks if fields["monotonic"] == newest][-1] or None if clocks else None

    def counters(self):
        """By path: the six counters, buckets in ticks (None where a part of them is missing), durations of spans."""
        newest, spans = {}, {}
        for sequence in sorted(self.records):
            kind, fields = self.records[sequence]
            if kind == "stats":
                newest[fields["path"]] = sequence, fields
            elif kind == "span":
                spans.setdefault(fields["path"], []).append(fields)
        found = {}
        for path, (sequence, fields) in newest.items():
            found[path] = [fields[key] for key in COUNTERS], self.histogram(sequence, fields), []
        for path in set(spans) - set(newest):
            took = [fields["took"] for fields in spans[path]]
            found[path] = [
                len(took), sum(took), sum(fields["self"] for fields in spans[path]),
                sum(fields["cpu"] for fields in spans[path]), max(took),
                sum("error" in fields for fields in spans[path])], Counter(), took
        return found

    def histogram(self, sequence, fields):
        """The buckets of a `stats` record and of those behind it; None where one is missing."""
        buckets = Counter(fields["histogram"])
        for part in range(2, min(fields["parts"], 1000) + 1):
            kind, more = self.records.get(sequence + part - 1, ("", {}))
            if kind != "buckets" or more["path"] != fields["path"] or more["part"] != part:
                return None
            buckets.update(more["histogram"])
        return buckets


class Reader:
    """Reads one log; `inputs` and `functions` are what its report says."""

    def __init__(self, log):
        self.sessions, self.skipped, self.torn, self.circles = {}, 0, 0, False
        self.lines = log.count(b"\n") + (not log.endswith(b"\n") and log != b"")
        self.bytes = len(log)
        for line in log.split(b"\n"):
            try:
                self.take(line)
            except Damaged:
                self.torn += 1

    def take(self, line):
        found = parse(line)
        if not found:
            return
        kind, tag, sequence, fields = found
        session = self.sessions.setdefault(tag, Session())
        if kind not in REQUIRED:
            self.skipped += 1
            session.unknown |= {sequence} - set(session.records)
        elif sequence in session.records or sequence in session.unknown:
            self.skipped += 1
        else:
            session.records[sequence] = kind, fields
            session.announced |= kind == "session"

    def input(self):
        """The members of `inputs` in the JSON report."""
        announced = [session for session in self.sessions.values() if session.announced]
        numbers = [set(session.records) | session.unknown for session in announced]
        return {
            "bytes": self.bytes, "lines": self.lines, "torn": self.torn, "skipped": self.skipped,
            "records": sum(len(session.records) for session in announced),
            "forged": sum(len(session.records) for session in self.sessions.values() if not session.announced),
            "lost": sum(max(seen) + 1 - len(seen) for seen in numbers)}

    def functions(self):
        """By place: calls, total, self, cpu, max, errors, and durations as (low, high, count) or None where unknown."""
        functions = {}
        for session in self.sessions.values():
            if session.announced:
                self.add(session, functions)
        return functions

    def add(self, session, functions):
        callsites, paths, hz = session.table("callsite"), session.table("path"), session.hz()
        counted = session.counters()

        def place(path):
            callsite = callsites.get(paths[path]["callsite"]) if path in paths else None
            if callsite is None:
                return f"(unnamed path {path})", "", "", 0
            return tuple(callsite[key] for key in ("name", "function", "file", "line"))

        for path, (counters, buckets, took) in counted.items():
            own, above, at = place(path), set(), paths.get(path, {"parent": 0})["parent"]
            while at not in above and (at in paths or at in counted):
                above.add(at)
                at = paths.get(at, {"parent": 0})["parent"]
            if at in above:
                self.circles = True
            function = functions.setdefault(own, [0, 0, 0, 0, 0, 0, []])
            outermost = own not in {place(parent) for parent in above}
            for index, value in enumerate(counters):
                if index == 4:
                    function[4] = max(function[4], value)
                elif index not in (1, 3) or outermost:
                    function[index] += value
            if buckets is None or (buckets and not hz) or function[6] is None:
                function[6] = None
                continue
            for bucket, count in buckets.items():
                low, high = bounds(bucket)
                function[6].append((low * 10**9 / hz, (high + 1) * 10**9 / hz, count))
            function[6] += [(value, value, 1) for value in took]
