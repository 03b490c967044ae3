"""Records the log of a red that pictures are uploaded to: record.py PROGRAMS PHOTOS LOG HOW_MANY.

PROGRAMS is the folder with red and upload-images. What is uploaded are variants of the folder PHOTOS' pictures, each with a comment
of its own in it, by two connections, so that requests seldom wait for each other on a machine of two processors.
"""
import itertools
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

# Three seconds are a column of the heat map; looks at threads name what they wait for.
SETTINGS = {"HOOFPRINT_FLUSH": "3", "HOOFPRINT_WAITS": "100"}


def with_comment(picture, text):
    """The bytes of a JPEG or PNG with a text that says nothing about its pixels: after JPEG's start, or PNG's header."""
    if picture[:2] == b"\xff\xd8":
        return picture[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + picture[2:]
    chunk = b"tEXtComment\0" + text
    end = 8 + 25
    return picture[:end] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + picture[end:]


def write_variants(source, target, count):
    os.makedirs(target)
    names = sorted(name for name in os.listdir(source) if name.endswith((".jpg", ".png")))
    for number, name in zip(range(count), itertools.cycle(names)):
        with open(os.path.join(source, name), "rb") as file:
            picture = with_comment(file.read(), b"%d" % number)
        with open(os.path.join(target, f"{number:05}-{name}"), "wb") as file:
            file.write(picture)


def wait_for_url(server, log):
    """The URL that the server says it listens on."""
    while server.poll() is None:
        with open(log, encoding="utf-8") as file:
            if match := re.search(r"^listening on (http:\S+)", file.read(), re.MULTILINE):
                return match[1]
        time.sleep(0.05)
    sys.exit(f"record: red ended with status {server.returncode}; its log is {log}")


def main(programs, photos, log, count):
    with tempfile.TemporaryDirectory() as folder:
        write_variants(photos, os.path.join(folder, "pictures"), int(count))
        with open(log, "wb") as file:
            server = subprocess.Popen(
                [os.path.join(programs, "red"), "serve", "--port", "0", "--store", os.path.join(folder, "store"),
                 "--broker", f"embedded:{folder}/events.sqlite"],
                stderr=file, env={**os.environ, **SETTINGS})
        try:
            subprocess.run(
                [os.path.join(programs, "upload-images"), os.path.join(folder, "pictures"), "--to", wait_for_url(server, log),
                 "--concurrency", "2", "--pipeline", "1"],
                check=True)
        finally:
            server.send_signal(signal.SIGTERM)
            status = server.wait()
    if status != 0:
        sys.exit(f"record: red ended with status {status}; its log is {log}")


if __name__ == "__main__":
    main(*sys.argv[1:])
