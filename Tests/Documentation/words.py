"""What pages name has to be there: options of our commands, variables, files and folders."""

import re
import shlex
import subprocess

from pages import REPOSITORY

PROGRAMS = {
    "trace-report": [],
    "json-diff": ["apply"],
    "red": ["serve", "measure"],
    "red-stats": ["serve", "ingest", "api", "import", "keys", "dead-letters", "reroll", "export"],
    "upload-images": [],
    "hoofprint-agent": [],
}
KEY_COMMANDS = ["add", "list", "revoke"]


class Help:
    """The help screens of the programs, each asked for once."""

    def __init__(self, build):
        self.build, self.screens = build, {}

    def options(self, command):
        if command not in self.screens:
            run = subprocess.run([self.build / command[0], *command[1:], "--help"], capture_output=True, text=True)
            self.screens[command] = set(re.findall(r"--[a-z][a-z-]*", run.stdout))
        return self.screens[command]


def commands(text):
    """The words of each simple command in shell text."""
    text = re.sub(r"\\\n\s*", " ", text)
    for line in text.splitlines():
        lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="|;&<>()")
        lexer.whitespace_split, command = True, []
        try:
            for word in lexer:
                if set(word) <= set("|;&()"):
                    yield command
                    command = []
                else:
                    command.append(word)
        except ValueError:  # A quotation that goes on in the next line is no command of ours.
            continue
        yield command


def unknown_options(page, block, help_screens):
    for words in commands(block.text):
        at = next((at for at, word in enumerate(words) if word.split("/")[-1] in PROGRAMS), None)
        if at is None or (at and words[at - 1] in ("--product", "exec")):
            continue
        command = [words[at].split("/")[-1]]
        rest = words[at + 1 :]
        if rest and rest[0] in PROGRAMS[command[0]]:
            command.append(rest[0])
            if command[1] == "keys" and len(rest) > 1 and rest[1] in KEY_COMMANDS:
                command.append(rest[1])
        for word in rest:
            if command[0] == "hoofprint-agent" and not word.startswith("--") and "/" in word:
                break
            option = word.split("=")[0]
            if re.fullmatch(r"--[a-z][a-z-]*", option) and option not in help_screens.options(tuple(command)):
                yield f"{page.at(block)}: '{' '.join(command)}' has no option {option}"


def known_variables():
    """Those that the sources name, and those that swift-configuration makes of their keys."""
    texts = [path.read_text() for path in REPOSITORY.glob("Sources/**/*") if path.suffix in (".swift", ".c", ".h")]
    keys = re.findall(r'ConfigurationKey\(name: "([a-z.]+)"', "\n".join(texts))
    made = {"HOOFPRINT_" + key.replace(".", "_").upper() for key in keys}
    return made | set(re.findall(r"HOOFPRINT(?:_[A-Z]+)*", "\n".join(texts)))


def unknown_names(page, variables):
    """Variables and paths of this repository in the page's text that are not there."""
    text = page.path.read_text()
    for name in sorted(set(re.findall(r"\bHOOFPRINT(?:_[A-Z]+)*\b", text)) - variables):
        yield f"{page.name}: no program reads the variable {name}"
    own = set(page.files)
    for found in re.finditer(r"`((?:Sources|Tests|scripts|Benchmarks|Dashboards)/[A-Za-z0-9_./-]+)[` ]", text):
        path = found[1].rstrip("/.")
        if path not in own and not (REPOSITORY / path).exists():
            yield f"{page.name}: there is no {path}"
