"""The parts of the soak: what each runs in the time that it is given, and how its figures are read."""

import dataclasses
import os
import re
import sys
from collections.abc import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)


@dataclasses.dataclass
class Part:
    """One program, which fails with an exit status.

    `least`: seconds under which it shows nothing. `most`: those after which more of them show nothing new, None: without end.
    `share`: of the time that is left when each has its least. `builds`: run before, for what it compiles takes no time of its
    own. `short`: the seconds that it has in the short form; `shortened`: its command there; without both it is no part of it.
    `done`, `worst`: expressions for what was done, and for the worst figure, in what it writes; without them it writes a
    line `figures: …`.
    """

    name: str
    promise: str
    command: Callable[[int], list[str]]
    least: int
    share: float = 1
    most: int | None = None
    builds: list[str] | None = None
    short: int | None = None
    shortened: list[str] | None = None
    done: str | None = None
    worst: str | None = None

    def read(self, output):
        """What it did, and the worst figure, of what it wrote."""
        if self.done is None:
            found = re.findall(r"^figures: [^|]*\| (.*?) \| (.*)$", output, re.M)
            return found[-1] if found else ("", "")
        return tuple("; ".join(" ".join(found.groups()) for found in re.finditer(pattern, output, re.M)) if pattern else ""
                     for pattern in (self.done, self.worst))


def python(folder, script, *arguments):
    # Debian's Python, which has Debian's modules.
    return ["/usr/bin/python3", os.path.join(TESTS, folder, script), *arguments]


def alone(command):
    """The command in a mount namespace of its own, and a process namespace that ends with it."""
    own = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *own, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *command]


def recorder(name, promise, programs, **options):
    return Part(f"recorder-{name}", promise,
                lambda seconds: alone(python("Soak", "recorder_faults.py", programs, str(seconds), name)), **options)


def parts(programs):
    """All, those first that show most in a second."""
    def load(name, connections):
        return Part(f"load-{name}", "it answers amid slow, many, large and rude clients, and nothing grows",
                    lambda seconds: python("Soak", "load.py", programs, str(seconds), name,
                                           str(1_000 if seconds < 60 else connections)), least=8, share=2, short=5)

    return [
        recorder("kills", "what was answered is counted once, after a kill -9 at any moment", programs,
                 least=5, share=2, short=5),
        recorder("calls", "a call that fails stops nothing; the loss is declared, to the record", programs,
                 least=8, share=3, short=6),
        recorder("disk", "a disk that fills up stops nothing; the loss is declared, to the record", programs,
                 least=4, short=4),
        recorder("clock", "a clock that is set changes no duration and no count", programs, least=3, short=3),
        recorder("stops", "stopped, or without descriptors, it loses no count", programs, least=3, short=3),
        Part("red-calls", "what was answered is there, whole, whichever call of the server failed",
             lambda seconds: python("REDSoak", "calls.py", f"{programs}/red", str(seconds)), least=8, share=2, short=6),
        load("red", 5_000), load("red-stats", 5_000),
        Part("red-kills", "what was answered is there, whole, after kill -9; slow clients are let go",
             lambda seconds: ["scripts/soak-red", "--kills", str(max(5, (seconds - 40) // 2))], least=55, most=3_600,
             shortened=["scripts/soak-red", "--short"],
             done=r"(\d+ kills, \d+ answers|\d+ idle connections)", worst=r"\((longest [\d.]+ ms)\)"),
        Part("upload-kills", "each picture is there once, whichever end is killed",
             lambda seconds: ["scripts/soak-upload", str(max(15, seconds)), str(max(600, 25 * seconds))], least=45,
             most=3_600, shortened=["scripts/soak-upload", "15", "600"],
             done=r"soak-upload: (killed .*)", worst=r"soak-upload: (each .*)"),
        Part("stats-faults", "each picture is counted once, each alert told, whatever they stand on is away",
             lambda seconds: ["scripts/soak-stats", "--short"] if seconds < 900 else ["scripts/soak-stats", "--faults"],
             least=150, share=0.1, most=1_500, shortened=["scripts/soak-stats", "--short"],
             done=r"^soak-stats: ([\w-]+), \d+ s", worst=r"(\d+ pictures answered, \d+ kept, \d+ counted)"),
        Part("stats-kills", "each picture is counted once, each alert told, whoever is killed",
             lambda seconds: ["scripts/soak-stats", "--kills", str(max(20, (seconds - 70) // 2)), "--postgres",
                              "--rabbitmq"], least=180, share=2, done=r"(killed \{.*?\})",
             worst=r"(\d+ pictures answered, \d+ kept, \d+ counted)"),
        Part("signals", "sampling deadlocks, crashes and interrupts nothing",
             lambda seconds: ["scripts/soak-signals", "--signals", str(2_000 * seconds)], least=50, most=3_600,
             builds=["scripts/soak-signals", "--signals", "2000"], shortened=["scripts/soak-signals"],
             done=r"(signals handled: \d+)", worst=r"(no free place: \d+, periods not sampled: \d+)"),
        Part("spans", "memory stays where it was, over any number of spans",
             # Fewer have not yet touched, by the first tenth, what flushes touch.
             lambda seconds: ["scripts/soak-spans", str(max(1_000_000_000, seconds * 8_000_000))], least=125, most=300,
             share=0.2, builds=["scripts/soak-spans", "100000"], done=r"(\d+ spans): resident",
             worst=r"(grown by -?\d+ KiB)"),
        Part("fuzz-reader", "no log crashes the reader, hangs it or makes it take 512 MiB",
             lambda seconds: ["scripts/fuzz-reader", str(seconds)], least=12, share=3,
             builds=["scripts/fuzz-reader", "4"],
             done=r"fuzz-reader: (\w+): +(\d+ logs)", worst=r"(\d+ MiB at most)"),
        Part("fuzz-json", "no JSON crashes json-diff; a patch leads there and back",
             lambda seconds: ["scripts/fuzz-json", str(seconds)], least=5, share=2, builds=["scripts/fuzz-json", "1"],
             done=r"^json-check: (\d+ inputs)", worst=r"seed \d+: (.*)"),
        Part("fuzz-pictures", "no picture crashes a decoder, leaks or takes more memory than it may",
             lambda seconds: ["scripts/fuzz-pictures", str(seconds)], least=5, share=2,
             builds=["scripts/fuzz-pictures", "1"], done=r"^fuzz-pictures: (\d+ pictures), (\d+ of them measured)",
             worst=None),
        Part("check-reader", "damaged logs give the report that the format's text says; forgeries rank nowhere",
             lambda seconds: ["scripts/check-reader", str(max(100, seconds * 8)), os.environ["SOAK_SEED"]], least=30,
             builds=["scripts/check-reader", "10"], done=r"check-reader: (\d+ logs|\d+ forgeries)",
             worst=r"(\d+ mistakes|none taken)"),
        Part("sanitize-reader", "the reader's threads share nothing unguarded: ThreadSanitizer reports nothing",
             lambda seconds: ["scripts/sanitize", "--reader", str(max(10, seconds // 3))], least=60, share=0.5,
             builds=["scripts/sanitize", "--reader", "1"], done=r"check-reader: (\d+ logs|\d+ inputs)",
             worst=r"^thread +(\S+ \S+) +(\d+ reports)"),
        Part("sanitize", "the recorder's C and the scenarios have no race, no leak, no bad access",
             lambda seconds: ["scripts/sanitize", "--swift"], least=200, most=400, share=0,
             builds=["scripts/sanitize", "--swift"],
             done=r"^sanitize: of (\d+ runs)", worst=r"^sanitize: .* (\d+ failed)"),
        Part("stacks", "a sampled stack is the one that gdb finds at the same stop",
             lambda seconds: ["scripts/check-stacks"] + (["--long"] if seconds > 900 else []), least=60, share=0.1,
             most=1_200, done=r"^(\d+ samples) in", worst=r"^check-stacks: (.*?): ([\d.]+ %)"),
    ]
