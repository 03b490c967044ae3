"""The parts of a Markdown text that scripts/check-readme looks at: fenced blocks, headings, links, and code within lines."""
import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)")
DIRECTIVE = re.compile(r"^<!-- check: (.+?) -->$")
KEYS = ("in", "file", "status", "server", "long", "output", "example")


class Wrong(Exception):
    """What is not as the text says: where, and how to mend it."""


@dataclass
class Block:
    """A fenced block: what stands in it, and how its directive says it is meant."""
    file: str
    line: int
    section: int
    language: str
    code: str
    meant: dict = field(default_factory=dict)

    @property
    def place(self):
        return f"{self.file}:{self.line}"


@dataclass
class Text:
    """A file's blocks, the anchors of its headings, and its lines outside of blocks."""
    file: str
    blocks: list
    anchors: set
    prose: list


def directive(file, number, line):
    """What a comment before a fence says of the block, as a dictionary of KEYS."""
    match = DIRECTIVE.match(line)
    if not match:
        return {}
    meant = {}
    for part in match[1].split(";"):
        key, _, value = part.strip().partition(" ")
        if key not in KEYS:
            raise Wrong(f"{file}:{number}: '{key}' is none of {', '.join(KEYS)}")
        if key in ("in", "file", "status", "long", "example") and not value:
            raise Wrong(f"{file}:{number}: '{key}' needs a word after it")
        meant[key] = value
    return meant


def anchor(heading):
    """The name by which GitHub links to a heading: lower case, hyphens for spaces, no punctuation."""
    plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def parse(file, text):
    """Takes a Markdown text apart; raises Wrong where a block does not end."""
    found = Text(file, [], set(), [])
    lines, number, section = text.split("\n"), 0, 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if match := FENCE.match(line):
            start = number
            while number < len(lines) and lines[number].rstrip() != match[1]:
                number += 1
            if number == len(lines):
                raise Wrong(f"{file}:{start}: the block does not end")
            code = "".join(inside + "\n" for inside in lines[start:number])
            before = lines[start - 2] if start > 1 else ""
            found.blocks.append(Block(file, start, section, match[2], code, directive(file, start - 1, before)))
            number += 1
        elif line.startswith("#"):
            section = number
            found.anchors.add(anchor(line.lstrip("#")))
        else:
            found.prose.append((number, line))
    return found
