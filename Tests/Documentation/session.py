"""Runs the shell blocks of a page, in one shell and a folder of its own, and compares what they print."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pages import REPOSITORY
from words import PROGRAMS

LOGS = REPOSITORY / "Tests/Fixtures/tutorial"
END = "--- end of block"


def prepare(folder, page, build):
    """Makes what a reader has: this package beside the page's own, the programs, the logs of the articles."""
    (folder / "hoofprint").symlink_to(REPOSITORY)
    work = folder / "work"
    if LOGS.exists():
        shutil.copytree(LOGS, work)
    else:
        work.mkdir()
    for path, block in page.files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(block.text)
    programs = folder / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).symlink_to(build / name)
    return work, programs


def run_blocks(blocks, work, programs, seconds):
    """Runs blocks one after the other; returns the status and what each printed."""
    script = "set -euo pipefail\n" + "".join(f"{block.text}printf '\\n{END}\\n'\n" for block in blocks)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "TZ": "UTC",
        "COLUMNS": "100",
        "SWIFT_BACKTRACE": "enable=no",
    }
    for name in [name for name in environment if name.startswith("HOOFPRINT")]:
        del environment[name]
    with open(work.parent / "output", "w+b") as output, open(work.parent / "errors", "w+b") as errors:
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            start_new_session=True,
        )
        try:
            status = shell.wait(seconds)
        except subprocess.TimeoutExpired:
            status = f"none after {seconds} s"
        finally:
            # What the blocks left running ends with them.
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        output.seek(0)
        errors.seek(0)
        printed = output.read().decode(errors="replace").split(f"\n{END}\n")
        return status, printed, errors.read().decode(errors="replace")


def stated(page, block):
    """The block that says what a block prints: the next one, if it is of the language `text`."""
    at = page.blocks.index(block) + 1
    return page.blocks[at] if at < len(page.blocks) and page.blocks[at].language == "text" else None


def matches(text, printed):
    """Whether this was printed, but for empty lines at the end; a line that is '…' stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^…\n", text.rstrip("\n") + "\n", flags=re.M)]
    return re.fullmatch("(?:.*\n)*?".join(parts), printed.rstrip("\n") + "\n") is not None


def check_session(page, compiler, build, long, renew):
    """Runs what the page says is run; yields what is wrong."""
    blocks = [block for block in page.blocks if block.role == "run" and (long or block.argument != "long")]
    packages = [block for block in page.blocks if block.role == "file"]
    if not blocks and not packages:
        return
    with tempfile.TemporaryDirectory(prefix="check-docs-") as name:
        work, programs = prepare(Path(name), page, build)
        if not long:
            for target in sorted({path.split("/")[1] for path in page.files if path.startswith("Sources/")}):
                sources = [work / path for path in page.files if path.startswith(f"Sources/{target}/")]
                wrong = compiler.program(sources, work / f".build/release/{target}")
                if wrong:
                    yield f"{page.name}: {target}: {wrong}"
                    return
        status, printed, errors = run_blocks(blocks, work, programs, 3600 if long else 120)
        done = len(printed) - 1
        if status != 0:
            at = page.at(blocks[min(done, len(blocks) - 1)])
            yield f"{at}: status {status}\n{printed[-1]}{errors[-4000:]}"
        wrong = [
            (text, printed[number])
            for number, block in enumerate(blocks[:done])
            if (text := stated(page, block)) and not matches(text.text, printed[number])
        ]
        if renew:
            rewrite(page, wrong)
        else:
            for text, output in wrong:
                yield f"{page.at(text)}: it prints something else now:\n{output}"


def rewrite(page, wrong):
    """Writes into the page what its commands print."""
    lines = page.path.read_text().splitlines(keepends=True)
    for block, output in reversed(wrong):
        first = block.line - 1
        lines[first : first + block.text.count("\n")] = [output.rstrip("\n") + "\n"]
    page.path.write_text("".join(lines))
