"""Runs a README's blocks and looks for what it names; scripts/check-readme, whose help says all, calls it."""
import argparse
import os
import sys

from markdown import Wrong, parse
from references import check_links, check_options, check_paths
from running import Runner

SHELL = ("sh", "bash")
DEFAULT = ("README.md", "CONTRIBUTING.md")


def plan(block, here):
    """What is done with a block: run, serve, write, compare, or a text that says why it is not run."""
    meant = block.meant
    if "example" in meant:
        return f"an example: {meant['example']}"
    if "long" in meant and here:
        return f"in its place the gate runs {meant['long']}"
    if "file" in meant:
        return "write"
    if "output" in meant:
        return "compare"
    if block.language in SHELL:
        return "serve" if "server" in meant else "run"
    raise Wrong(f"{block.place}: neither run nor marked as file, output or example: say it in <!-- check: … --> before it")


def work_through(text, runner, options):
    """Does with each block what is planned, in order; gives how many were run. Outputs of a command that is named come last."""
    ran, section, later = 0, 0, []
    for block in text.blocks:
        step = plan(block, options.programs is not None)
        first = block.code.split("\n", 1)[0]
        print(f"check-readme: {block.place}: {step}: {first}", flush=True)
        if options.list:
            continue
        if block.section != section:
            runner.stop_servers()
            section = block.section
        if step == "compare" and block.meant["output"]:
            later.append(block)
        elif step in ("run", "serve", "write", "compare"):
            getattr(runner, step)(block)
            ran += 1
    runner.stop_servers()
    for block in later:
        runner.compare(block)
    return ran + len(later)


def name_others(text, root):
    """Looks for the links and commands of the text, and lists them: they are not run."""
    for link in check_links(root, text):
        print(f"check-readme: {text.file}: not asked for: {link}")
    for command in check_paths(root, text):
        print(f"check-readme: {text.file}: named, not run: {command}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, help="the folder that the checkout lies in")
    parser.add_argument("--programs", help="programs to run in place of `swift run -c release PROGRAM`")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("files", nargs="*")
    return parser.parse_args()


def main():
    options = arguments()
    root = os.path.join(options.work, "hoofprint")
    runner = Runner(options.work, options.programs, 600 if options.programs else 7200)
    wrong, ran = [], 0
    for file in options.files or DEFAULT:
        try:
            with open(os.path.join(root, file), encoding="utf-8") as opened:
                text = parse(file, opened.read())
            name_others(text, root)
            ran += work_through(text, runner, options)
            # Last, as only now the programs are built.
            if not options.list:
                check_options(root, options.programs or os.path.join(root, ".build/release"), text)
        except Wrong as error:
            wrong.append(str(error))
        finally:
            runner.stop_servers()
    for error in wrong:
        print(f"check-readme: {error}", file=sys.stderr)
    if not wrong:
        print(f"check-readme: {ran} blocks as they say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
