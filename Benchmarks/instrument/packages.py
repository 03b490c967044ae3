"""Instruments packages and compares them with themselves; see `run`."""

import os
import re
import subprocess
import sys
import time

PACKAGES = {
    "swift-log": ("apple/swift-log", "1.16.2"),
    "swift-argument-parser": ("apple/swift-argument-parser", "1.8.2"),
    "Yams": ("jpsim/Yams", "6.2.2"),
    "FlyingFox": ("swhitty/FlyingFox", "0.27.1"),
    "swift-collections": ("apple/swift-collections", "1.6.0"),
    "GRDB.swift": ("groue/GRDB.swift", "7.10.0"),
    "swift-nio": ("apple/swift-nio", "2.101.2"),
    "hummingbird": ("hummingbird-project/hummingbird", "2.28.1"),
    "SwiftCSV": ("swiftcsv/SwiftCSV", "0.10.0"),
    "swift-mustache": ("hummingbird-project/swift-mustache", "2.1.1"),
    "swift-distributed-tracing": ("apple/swift-distributed-tracing", "1.7.3"),
}
# Of functions that have something to wrap, those are no choice and no limit of the wrapping.
NOT_ELIGIBLE = ("has no body", "does nothing", "is inlined", "never returns", "is a result builder's", "is a coroutine",
                "is differentiated", "is traced already", "is an accessor")
LIMIT = 1800  # seconds for one command


class Ran:
    def __init__(self, command, log):
        start = time.monotonic()
        with open(log, "w") as output:
            try:
                self.status = subprocess.run(
                    command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=LIMIT).returncode
            except subprocess.TimeoutExpired:
                self.status = "timeout"
        self.seconds = time.monotonic() - start
        with open(log, errors="replace") as text:
            self.text = text.read()


def outcome(ran):
    """Tests run, and the names of those that failed."""
    xctests = re.findall(r"Executed (\d+) tests?, with", ran.text)
    count = max(map(int, xctests), default=0)
    count += sum(map(int, re.findall(r"Test run with (\d+) tests?", ran.text)))
    failed = set(re.findall(r"error: (?:-\[)?([\w.]+\.test\w+)", ran.text)) | set(re.findall(r"✘ Test (.+?) failed", ran.text))
    return count, failed, ran.status


def count(text):
    """The summary of --list: functions, wrapped, left by reason."""
    functions, wrapped = map(int, re.search(r"^(\d+) functions: (\d+) wrapped", text, re.M).groups())
    left = [(int(number), reason) for number, reason in re.findall(r"^  (\d+) not: each (.+)$", text, re.M)]
    return functions, wrapped, left


def look(name, folder, root):
    repository, version = PACKAGES[name]
    package = os.path.join(folder, name)
    if not os.path.isdir(package):
        subprocess.run(["git", "clone", "-q", f"https://github.com/{repository}", package], check=True)
        tags = subprocess.run(["git", "-C", package, "tag"], capture_output=True, text=True, check=True).stdout.split()
        tag = version if version in tags else f"v{version}"
        subprocess.run(["git", "-C", package, "-c", "advice.detachedHead=false", "checkout", "-q", tag], check=True)
    log = os.path.join(folder, f"{name}-%s.log")
    instrument = [os.path.join(root, "scripts/instrument"), "--package-path", package]
    listed = Ran(instrument + ["--list"], log % "list")
    functions, wrapped, left = count(listed.text)
    eligible = functions - sum(number for number, reason in left if reason.startswith(NOT_ELIGIBLE))
    print(f"\n{name} {version}: {functions} functions, {eligible} that can be wrapped, {wrapped} wrapped "
          f"({wrapped / max(1, eligible):.1%})")
    for number, reason in left:
        print(f"    {number:5} {reason}")
    plain_build = Ran(["swift", "build", "--package-path", package, "--build-tests"], log % "plain-build")
    build = Ran(instrument + ["--debug", "--set", "HOOFPRINT_SINK=none", "--", "--build-tests"], log % "build")
    print(f"    builds: plain {plain_build.status == 0}, instrumented {build.status == 0}; "
          f"{plain_build.seconds:.0f} s and {build.seconds:.0f} s, {build.seconds / plain_build.seconds:.2f} times")
    if plain_build.status or build.status:
        return build.status == 0 or plain_build.status != 0
    copy = os.path.join(package, ".build/instrumented", name)
    plain_test = Ran(["swift", "test", "--skip-build", "--package-path", package], log % "plain-test")
    test = Ran(["swift", "test", "--skip-build", "--package-path", copy], log % "test")
    (plain_count, plain_failed, plain_status), (test_count, failed, status) = outcome(plain_test), outcome(test)
    is_same = (plain_count, plain_failed, plain_status) == (test_count, failed, status)
    print(f"    tests: plain {plain_count} run, {len(plain_failed)} failed, status {plain_status}; instrumented {test_count} run, "
          f"{len(failed)} failed, status {status}; {test.seconds / plain_test.seconds:.2f} times as long")
    for failure in sorted(failed - plain_failed):
        print(f"      fails instrumented alone: {failure}")
    return is_same


def main():
    folder, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(PACKAGES)
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
    for name in names:
        if name not in PACKAGES:
            sys.exit(f"instrument: '{name}' is not one of {', '.join(PACKAGES)}")
    different = [name for name in names if not look(name, folder, root)]
    print(f"\n{len(names) - len(different)} of {len(names)} packages build and test as they do plain")
    if different:
        sys.exit(f"instrument: different: {', '.join(different)}")


main()
