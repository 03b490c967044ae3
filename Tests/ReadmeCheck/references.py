"""What a text names outside of its blocks: links, files of the repository, commands and their options, benchmarks."""
import os
import re
import subprocess

from markdown import Wrong, parse

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
# Folders of the repository whose files are named by their path.
PATH = re.compile(r"^(?:scripts|Benchmarks|Sources|Tests|Plugins|Dashboards|\.ci)/[\w./+-]*")
# What begins like this is a command; the name of a program or of a folder alone is none.
COMMAND = re.compile(
    r"scripts/|Benchmarks/[\w/-]+(?:run|peers|footprint|\.py)\b|swift (?:run|build|test|package) |[\w-]+ --|[A-Z_]+=\S+ ")
PROGRAMS = ("trace-report", "json-diff", "red", "red-stats", "upload-images", "hoofprint-agent")
# Commands of others, whose options are theirs.
OTHERS = ("curl", "git", "perf", "strace", "swift", "tail", "wc", "docker", "sed")


def check_links(root, text):
    """Files that links name are there, and have the headings that they name. Those of the web are not asked for."""
    outside = []
    for number, line in text.prose:
        for target in LINK.findall(line):
            path, _, name = target.partition("#")
            if path.startswith("https://"):
                outside.append(target)
                continue
            if path.startswith("http:") or ":" in path:
                raise Wrong(f"{text.file}:{number}: the link '{target}' is neither https nor a file of the repository")
            if path and not os.path.exists(os.path.join(root, path)):
                raise Wrong(f"{text.file}:{number}: the link '{target}' leads to no file")
            if name:
                with open(os.path.join(root, path or text.file), encoding="utf-8") as linked:
                    anchors = parse(path or text.file, linked.read()).anchors
                if name not in anchors:
                    raise Wrong(f"{text.file}:{number}: '{path or text.file}' has no heading '#{name}'")
    return outside


def spans(text):
    """Code within lines, with the number of its line; a span may go on in the next one."""
    joined, starts = "", []
    for number, line in text.prose:
        starts.append((len(joined), number))
        joined += line + "\n"
    for match in CODE.finditer(joined):
        number = [number for start, number in starts if start <= match.start()][-1]
        yield number, " ".join(match[1].split())


def check_paths(root, text):
    """Files that the text names in code are there; scripts can be run. Gives the commands that it names, without a block's."""
    commands = set()
    for number, code in spans(text):
        for word in code.split():
            match = PATH.match(word)
            if not match:
                continue
            path = os.path.join(root, match[0].rstrip("."))
            if not os.path.exists(path):
                raise Wrong(f"{text.file}:{number}: there is no '{match[0]}'")
            if match[0].startswith("scripts/") and not os.access(path, os.X_OK):
                raise Wrong(f"{text.file}:{number}: '{match[0]}' cannot be run")
        if match := re.match(r"swift run --package-path Benchmarks -c release ([\w-]+)", code):
            if not os.path.isdir(os.path.join(root, "Benchmarks/Sources", match[1])):
                raise Wrong(f"{text.file}:{number}: Benchmarks has no program '{match[1]}'")
        if COMMAND.match(code):
            commands.add(code)
    return sorted(commands)


def known_options(root, programs):
    """The text of each script, of the tool instrument and of each program's help: where an option has to stand."""
    texts = {}
    for folder in ("scripts", "Benchmarks", "Sources/hoofprint-instrument", "Sources/hoofprint-agent"):
        for path, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                with open(os.path.join(path, name), encoding="utf-8", errors="replace") as file:
                    texts[os.path.relpath(os.path.join(path, name), root)] = file.read()
    for name in PROGRAMS:
        program = os.path.join(programs, name)
        if os.access(program, os.X_OK):
            for words in help_commands(program):
                texts[" ".join([name, *words])] = help_text(program, words)
    return texts


def help_text(program, words):
    run = subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=60, check=False)
    return run.stdout + run.stderr


def help_commands(program):
    """No words, and each subcommand that the program's help lists."""
    listed = help_text(program, []).partition("SUBCOMMANDS:")[2]
    return [[], *([name] for name in re.findall(r"^  ([a-z][\w-]*)", listed, re.MULTILINE) if name != "help")]


def check_options(root, programs, text):
    """Each option that the text names is one that a script's text or a program's help has."""
    texts = None
    for number, code in spans(text):
        if code.split()[0] in OTHERS and "instrument" not in code and "trace-report" not in code:
            continue
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code):
            texts = texts or known_options(root, programs)
            if not any(option in known or f'"{option[2:]}"' in known for known in texts.values()):
                raise Wrong(f"{text.file}:{number}: no script and no program's help has the option {option}")
