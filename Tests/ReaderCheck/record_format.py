"""Records as TheRecordFormat.md describes them: written, and read slowly. Nothing here comes from the Swift sources."""
import re

MARKER = b"~hp1 "
MOST = 2**64 - 1
PLAIN = set(range(0x21, 0x7F)) - set(b'%"\\<>&')
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
END = re.compile(rb" c=([0-9a-f]{8})(?:$|[\r\"\\]|[ \t][ \t\r]*$)", re.S)
# The fields that a record has to have, in order: numbers; `.` a text, `#` hexadecimal, `|` one of some texts.
REQUIRED = {
    "session": "version pid .host .program .build start .clock .mode flush cost",
    "clock": "wall monotonic ticks hz", "callsite": "id .name .function .file line",
    "path": "id parent callsite form|sync|async",
    "stats": "path count total self cpu max errors folded parts histogram", "buckets": "path part histogram",
    "errors": "path .type count",
    "usage": "path minor_faults major_faults voluntary_switches involuntary_switches blocks_in blocks_out",
    "span": "path id parent thread start took self cpu",
    "request": "id path reason|slow|failed start took spans partial parts", "tree": "request part ,spans",
    "open": "path request thread start age", "probe": ".name", "module": "id .build #layout .path bias",
    "symbol": "module start size .name", "sample": ".sampler path .what count", "drops": "lines spans paths misused",
    "crash": "signal thread", "end": ".reason",
}


def checksum(record):
    """The checksum of a record, given from its marker to the byte before ' c='."""
    state = int(record[record.index(b" ", 5) + 1:][:16], 16) ^ 0x9E3779B97F4A7C15
    for at in range(0, len(record), 8):
        product = (state ^ int.from_bytes(record[at:at + 8], "little")) * 0xD6E8FEB86659FD93
        state = (product >> 64) ^ (product & MOST)
    product = (state ^ len(record)) * 0xA0761D6478BD642F
    state = (product >> 64) ^ (product & MOST)
    return (state ^ state >> 32) & 0xFFFFFFFF


def sealed(record):
    """The record with its checksum."""
    return record + b" c=%08x" % checksum(record)


def escaped(text):
    """A text as the value of a field."""
    return b"".join(bytes([byte]) if byte in PLAIN else b"%%%02X" % byte for byte in text.encode())


def base36(number):
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def histogram_text(buckets):
    """Buckets (number → count) as the field `histogram`."""
    parts, last = [], 0
    for number in sorted(buckets):
        count = "" if buckets[number] == 1 else ":" + base36(buckets[number])
        parts.append(base36(number - last) + count)
        last = number
    return ",".join(parts) or "-"


def record(kind, session, sequence, fields):
    """A whole record of fields, numbers and texts, in their order."""
    text = b"".join(
        b" %s=%s" % (key.encode(), str(value).encode() if isinstance(value, int) else value) for key, value in fields)
    return sealed(b"~hp1 %s %016x %d%s" % (kind.encode(), session, sequence, text))


class Damaged(ValueError):
    """A line holds a marker and no whole record behind the last one."""


def parse(line):
    """None: no record. Else kind, session, sequence and the fields by key, read by their types. Raises Damaged."""
    start = line.rfind(MARKER)
    if start < 0:
        return None
    record = line[start:]
    end = record.find(b" c=")
    words = record[len(MARKER):end].split(b" ") if end >= 0 else []
    ending = END.match(record, end) if end >= 0 else None
    if not ending or len(words) < 3 or not words[0] or not re.fullmatch(rb"[0-9a-f]{16}", words[1]):
        raise Damaged(record)
    if int(ending[1], 16) != checksum(record[:end]):
        raise Damaged(record)
    kind = words[0].decode("latin-1")
    return kind, int(words[1], 16), number(words[2]), fields(kind, words[3:])


def fields(kind, words):
    """The fields that the format asks for, and the others as they stand. Raises Damaged."""
    found, wanted = {}, REQUIRED.get(kind, "").split()
    for word in words:
        key, equals, value = word.partition(b"=")
        if not equals:
            break
        key = key.decode("latin-1")
        if wanted and key == wanted[0].strip(".#,").split("|")[0]:
            found[key] = typed(wanted.pop(0), value)
        elif not wanted and key not in found:
            found[key] = optional(kind, key, value)
    if wanted:
        raise Damaged(wanted)
    return found


def optional(kind, key, value):
    """A field that a record may have. Raises Damaged."""
    if kind == "probe" and key.startswith("v."):
        return number(value)
    if kind == "span" and key.startswith("a."):
        return text(value)
    if kind == "sample" and key == "stack":
        lists = re.fullmatch(rb"([^,]*),([^,]*?)\??!?", value)
        if not lists or len(value) > 3000:
            raise Damaged(value)
        for places in lists.groups():
            module_places(places)
    return value


def module_places(places):
    """Raises Damaged where a list of a stack's places cannot be read."""
    address = 0
    for place in places.split(b".") if places else []:
        found = re.fullmatch(rb"(?:([0-9a-z]+):)?(-?)([0-9a-z]+)", place)
        if not found or int(found[1] or b"0", 36) > 65535 or int(found[3], 36) > MOST:
            raise Damaged(place)
        address += int(found[3], 36) * (-1 if found[2] else 1)
        if not 0 <= address <= MOST:
            raise Damaged(place)


def typed(field, value):
    if field == "histogram":
        return histogram(value)
    if field[0] == ".":
        return text(value)
    if field[0] == "#":
        if not re.fullmatch(rb"0*[0-9a-f]{1,16}", value):
            raise Damaged(value)
        return value
    if field[0] == ",":
        # The first one has its thread: there is none before it.
        if not re.fullmatch(rb"[0-9a-z]+(\.[0-9a-z]+){5}!?(,[0-9a-z]+(\.[0-9a-z]+){4,5}!?)*", value):
            raise Damaged(value)
        if any(int(number, 36) > MOST for number in re.split(rb"[.,]", value.replace(b"!", b""))):
            raise Damaged(value)
        return value
    if "|" in field:
        if text(value) not in field.split("|")[1:]:
            raise Damaged(value)
        return text(value)
    return number(value)


def number(value):
    """An unsigned decimal of at most 2**64 - 1. Raises Damaged."""
    if not re.fullmatch(rb"[0-9]+", value) or int(value) > MOST:
        raise Damaged(value)
    return int(value)


def text(value):
    """A text without its escapes. Raises Damaged."""
    if not re.fullmatch(rb"(?:%[0-9a-fA-F]{2}|[^\x00-\x20\x7f-\xff%\"\\<>&])*", value):
        raise Damaged(value)
    return re.sub(rb"%(..)", lambda found: bytes([int(found[1], 16)]), value).decode("utf-8", "replace")


def histogram(value):
    """Buckets (number → count). Raises Damaged."""
    buckets, at = {}, 0
    for part in value.split(b",") if value != b"-" else []:
        found = re.fullmatch(rb"([0-9a-z]+)(?::([0-9a-z]+))?", part)
        if not found:
            raise Damaged(part)
        at += int(found[1], 36)
        count = int(found[2], 36) if found[2] else 1
        if at >= 2816 or not 0 < count <= MOST:
            raise Damaged(part)
        buckets[at] = buckets.get(at, 0) + count
    return buckets


def bucket_of(ticks):
    """The bucket that holds a duration."""
    if ticks < 128:
        return ticks
    octave = ticks.bit_length() - 7
    return min(2815, (octave + 1 << 6) + (ticks >> octave) - 64)


def bounds(bucket):
    """The lowest and highest duration that a bucket holds, in ticks."""
    if bucket < 128:
        return bucket, bucket
    octave = (bucket >> 6) - 1
    low = ((bucket & 63) | 64) << octave
    return low, low + (1 << octave) - 1
