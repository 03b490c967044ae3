"""Pages of documentation: their fenced blocks, and the comments that say what becomes of a block.

A comment stands on the line before a block:

    <!-- file: Sources/shop/main.swift -->   a file of the package that the page makes
    <!-- given: before: Report -->           a Swift block that is the body of a function with these parameters
    <!-- run -->                             a shell block that is run; a `text` block behind it is what it prints
    <!-- run: long -->                       a shell block that is run with --long alone
"""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Block:
    """A fenced block: its language, text, the line its text begins on (from 1), and the comment before it."""

    language: str
    text: str
    line: int
    role: str
    argument: str


@dataclass
class Page:
    path: Path
    blocks: list

    @property
    def module(self):
        return next(parent.stem for parent in self.path.parents if parent.suffix == ".docc")

    @property
    def name(self):
        return str(self.path.relative_to(REPOSITORY))

    @property
    def files(self):
        """The files of the package that the page makes, by path."""
        return {block.argument: block for block in self.blocks if block.role == "file"}

    def at(self, block):
        return f"{self.name}:{block.line}"


COMMENT = re.compile(r"<!-- (file|given|run)(?:: (.*))? -->$")


def read_page(path):
    blocks, role, argument, lines = [], "", "", path.read_text().splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith("```"):
            end = next(at for at in range(number + 1, len(lines)) if lines[at] == "```")
            text = "".join(each + "\n" for each in lines[number + 1 : end])
            blocks.append(Block(line[3:], text, number + 2, role, argument))
            number, role, argument = end, "", ""
        elif line:
            found = COMMENT.match(line)
            role, argument = (found[1], found[2] or "") if found else ("", "")
        number += 1
    return Page(path, blocks)


def all_pages():
    return [read_page(path) for path in sorted(REPOSITORY.glob("Sources/*/*.docc/**/*.md"))]
