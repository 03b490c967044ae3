"""Checks the pages of the documentation: see scripts/check-docs."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from pages import all_pages
from session import check_session
from swift_blocks import Compiler, check_swift
from words import Help, known_variables, unknown_names, unknown_options


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build", type=Path)
    options.add_argument("--long", action="store_true")
    options.add_argument("--renew", action="store_true")
    options.add_argument("names", nargs="*")
    options = options.parse_args()
    pages = [page for page in all_pages() if not options.names or page.path.stem in options.names]
    wrong, ran, began = [], 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="check-docs-") as work:
        compiler = Compiler(options.build, Path(work))
        wrong += check_swift(pages, compiler)
        told = time.monotonic()
        print(f"check-docs: Swift compiled in {told - began:.0f} s", file=sys.stderr)
        screens, variables = Help(options.build), known_variables()
        for page in pages:
            wrong += unknown_names(page, variables)
            for block in page.blocks:
                if block.language in ("sh", "console"):
                    wrong += unknown_options(page, block, screens)
            ran += sum(block.role == "run" and (options.long or not block.argument) for block in page.blocks)
            wrong += check_session(page, compiler, options.build, options.long, options.renew)
    for line in wrong:
        print(f"check-docs: {line}", file=sys.stderr)
    swift = sum(block.language == "swift" for page in pages for block in page.blocks)
    print(
        f"check-docs: {len(pages)} pages, {swift} blocks of Swift compiled, {ran} of the shell run in "
        f"{time.monotonic() - told:.0f} s: {len(wrong) or 'nothing'} wrong"
    )
    sys.exit(1 if wrong else 0)


main()
