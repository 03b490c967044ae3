"""What happens to logs on their way: damage, and the wrappings of what carries them."""
import json

from record_format import MARKER, sealed


def repaired(line):
    """The line with the right checksum, where it has the shape of a record."""
    start, end = line.rfind(MARKER), line.rfind(b" c=")
    try:
        return line[:start] + sealed(line[start:end]) + line[end + 11:] if 0 <= start < end else line
    except (ValueError, IndexError):
        return line


def mutated(random, lines):
    """The lines with some damage, none of it in three logs of ten."""
    lines = list(lines)
    for _ in range(random.choice([0, 0, 0, 1, 2, 3, 5, 8, 13, 21])):
        at = random.randrange(len(lines))
        line = lines[at]
        place = random.randrange(len(line) + 1)
        change = random.randrange(13)
        if change == 0:
            lines[at] = line[:place]
        elif change == 1:
            lines[at] = line[:place] + random.randbytes(random.randrange(1, 9)).replace(b"\n", b" ") + line[place:]
        elif change == 2:
            lines[at] = line[:place] + b"\0" * random.randrange(1, 40) + line[place:]
        elif change == 3:
            lines[at] = line[:place] + MARKER + line[place:]
        elif change == 4:
            lines.insert(random.randrange(len(lines) + 1), line)
        elif change == 5:
            lines.insert(random.randrange(len(lines) + 1), lines.pop(at))
        elif change == 6 and line:
            place = random.randrange(len(line))
            flipped = bytes([line[place] ^ 1 << random.randrange(8)]).replace(b"\n", b"")
            lines[at] = line[:place] + flipped + line[place + 1:]
        elif change == 7 and line:
            # A digit of a number that the checksum then covers.
            places = [index for index in range(len(line)) if line[index:index + 1].isdigit()]
            if places:
                place = random.choice(places)
                new = random.choice([b"0", b"9", b"", b"123456789012345678901", b"18446744073709551615", b"00"])
                lines[at] = repaired(line[:place] + new + line[place + 1:])
        elif change == 8:
            fields = line.split(b" ")
            del fields[random.randrange(len(fields))]
            lines[at] = repaired(b" ".join(fields))
        elif change == 9:
            lines[at:at + random.randrange(4)] = []
            lines = lines or [b""]
        elif change == 10 and at + 1 < len(lines):
            lines[at:at + 2] = [line[:place] + lines[at + 1]]
        elif change == 11:
            more = random.choice([b" c=12345678 c=", b" x=1 c=", b" new=%0A c="])
            lines[at] = repaired(line.replace(b" c=", more, 1))
        elif change == 12:
            lines[at] = line + random.choice([b" ", b"\t", b"x", b" x", b'"', b'",x', b"\\n", b"\r", b"\0"])
    return lines


def wrapped(random, lines):
    """What carries the log, its bytes as that writes them, and whether it is not cut short."""
    kind = random.choice(["plain", "plain", "crlf", "docker", "cri", "syslog", "journald", "prefix"])
    if kind == "docker":
        lines = [json.dumps({"log": line.decode("latin-1") + "\n", "stream": "stderr", "time": "2026-11-26T12:00:00Z"})
                 .encode("latin-1", "replace") for line in lines]
    elif kind != "plain" and kind != "crlf":
        prefix = {
            "cri": b"2026-11-26T12:00:00.123456789Z stderr F ",
            "syslog": b"<30>1 2026-11-26T12:00:00Z web-1 red 42 - - ",
            "journald": b"Nov 26 12:00:00 web-1 red[42]: ", "prefix": b"~ [info] ~hp ~~hp1~ "}[kind]
        lines = [prefix + line for line in lines]
    log = (b"\r\n" if kind == "crlf" else b"\n").join(lines)
    end = random.random()
    if end < 0.8:
        return kind, log + b"\n", True
    return (kind, log, True) if end < 0.9 else (kind, log[:random.randrange(len(log) + 1)], False)
