"""Makes the documents that are compared, each with partners; see `run`.

A document is an array of pieces, copies of a file or records, and is made as text: a number keeps its digits. Partners:

same      the same bytes
spaced    the same value, indented in another way
few       ten places are different, spread over the text: numbers, strings, a key removed, an element added
inserted  of records: some more of them in the middle, and twenty fields changed elsewhere
"""

import hashlib
import os
import random
import re
import sys

COPIES = {"twitter": ("twitter.json", 100), "canada": ("canada.json", 20), "citm": ("citm_catalog.json", 30)}
RECORDS = {"records": 90_000_000, "records-10": 10_000_000, "records-1": 1_000_000}  # bytes
INSERTED = {"records": 1000, "records-10": 100, "records-1": 10}
PARTNERS = {name: ["same", "spaced", "few"] for name in COPIES} | {
    "records": ["same", "spaced", "few", "inserted"],
    "records-10": ["few", "inserted"],
    "records-1": ["few", "inserted"],
}
SEED = 6
FEW = ["number", "string", "number", "string", "removed key", "number", "added element", "string", "number", "string"]

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}\[\]:,]')
ADJECTIVES = "quiet, early, northern, narrow, bright, distant, plain, hollow".split(", ")
NOUNS = "river, harbour, meadow, bridge, station, garden, quarry, orchard".split(", ")
CITIES = "Lyon, Zürich, Gdańsk, Porto, Turku, Leeds, Ghent, Bergen".split(", ")
TAGS = "new, sold, fragile, heavy, gift, returned, export, sample".split(", ")
RECORD = ('{{"id":{},"name":"{}","price":{:.2f},"score":{!r},"place":{{"city":"{}","latitude":{:.5f},"longitude":{:.5f}}},'
          '"tags":["{}","{}"]}}')
SPACED_RECORD = ('\n  {{\n    "id": {},\n    "name": "{}",\n    "price": {:.2f},\n    "score": {!r},\n    "place": {{ '
                 '"city": "{}", "latitude": {:.5f}, "longitude": {:.5f} }},\n    "tags": [ "{}", "{}" ]\n  }}')


def records(size):
    """As many records as fill so many bytes, and the same in the other spacing."""
    draw = random.Random(SEED)
    pieces, spaced = [], []
    while size > 0:
        fields = record(draw, len(pieces))
        pieces.append(RECORD.format(*fields).encode())
        spaced.append(SPACED_RECORD.format(*fields).encode())
        size -= len(pieces[-1]) + 2
    return pieces, spaced


def record(draw, identifier):
    any_of = lambda names: names[int(draw.random() * len(names))]
    return (identifier, f"{any_of(ADJECTIVES)} {any_of(NOUNS)} {int(draw.random() * 1e4)}", draw.random() * 1000,
            draw.random(), any_of(CITIES), draw.random() * 180 - 90, draw.random() * 360 - 180, any_of(TAGS), any_of(TAGS))


def indented(text):
    """The same tokens, one field or element a line, a tab for each level."""
    parts, level, last = [], 0, b""
    for match in TOKEN.finditer(text):
        token = match[0]
        if token in b"}]":
            level -= 1
            if last not in b"{[":
                parts.append(b"\n" + b"\t" * level)
        elif last and last in b"{[,":
            parts.append(b"\n" + b"\t" * level)
        elif last == b":":
            parts.append(b" ")
        level += token in b"{["
        parts.append(token)
        last = token
    return b"".join(parts)


def changed(text, kind, draw):
    """The text of a piece with one difference of a kind, at a place drawn by chance."""
    tokens = [(match[0], match.start()) for match in TOKEN.finditer(text)]
    is_scalar = lambda token: token not in b"{}[]:,"
    places = []
    for at, (token, start) in enumerate(tokens[:-5]):
        following = [token for token, _ in tokens[at + 1:at + 5]]
        previous = tokens[at - 1][0] if at else b""
        if kind == "number" and token[:1] in b"-0123456789":
            places.append((start + token.startswith(b"-"), 1, None))
        elif kind == "string" and token.startswith(b'"') and previous == b":":
            places.append((start + 1, 0, b"changed "))
        elif kind == "added element" and token == b"[" and is_scalar(following[0]):
            places.append((start + 1, 0, b'"added",'))
        elif (kind == "removed key" and following[0] == b":" and is_scalar(following[1]) and following[2] == b","):
            places.append((start, tokens[at + 4][1] - start, b""))
    start, length, replacement = draw.choice(places)
    if replacement is None:  # the first digit of a number, so that it is another one to however many digits it is read
        replacement = b"%d" % (int(text[start:start + 1]) % 9 + 1)
    return text[:start] + replacement + text[start + length:]


def spread(pieces, kinds):
    """The pieces with differences of these kinds, in pieces at equal distances."""
    draw, pieces = random.Random(SEED), list(pieces)
    for number, kind in enumerate(kinds):
        at = (2 * number + 1) * len(pieces) // (2 * len(kinds))
        pieces[at] = changed(pieces[at], kind, draw)
    return pieces


def inserted(pieces, count):
    draw = random.Random(SEED + 1)
    more = [RECORD.format(*record(draw, 10_000_000 + number)).encode() for number in range(count)]
    pieces = spread(pieces, ["number", "string"] * 10)
    return pieces[:len(pieces) // 2] + more + pieces[len(pieces) // 2:]


def path(folder, name, partner=None):
    return os.path.join(folder, f"{name}-{partner}.json" if partner else f"{name}.json")


def data_file(name):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    folder = os.environ.get("HOOFPRINT_DATA") or os.path.join(root, "../shared/data")
    found = os.path.join(folder, "json", name)
    if not os.path.exists(found):
        sys.exit(f"json: there is no {found}: give the folder that holds json/{name} as HOOFPRINT_DATA, or compare records")
    with open(found, "rb") as file:
        return file.read().strip()


def make(folder, name):
    """Writes the document and its partners, unless this very text of ours has done so before."""
    with open(__file__, "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(folder, f"{name}.made")
    if os.path.exists(stamp) and open(stamp).read() == version:
        return
    print(f"json: making {name}", file=sys.stderr)
    os.makedirs(folder, exist_ok=True)
    if name in COPIES:
        source, count = COPIES[name]
        text = data_file(source)
        pieces, spaced = [text] * count, [indented(text)] * count
    else:
        pieces, spaced = records(RECORDS[name])
    made = {None: lambda: pieces, "same": lambda: pieces, "spaced": lambda: spaced, "few": lambda: spread(pieces, FEW),
            "inserted": lambda: inserted(pieces, INSERTED[name])}
    for partner in [None, *PARTNERS[name]]:
        with open(path(folder, name, partner), "wb") as file:
            file.write(b"[" + b",\n".join(made[partner]()) + b"]\n")
    with open(stamp, "w") as file:
        file.write(version)
