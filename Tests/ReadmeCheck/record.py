"""Copies the pictures of a folder with a comment of its own in each, so that none is a copy of another:
variants.py FROM TO HOW_MANY. JPEG's comment follows its start, PNG's the header."""
import itertools
import os
import struct
import sys
import zlib


def with_comment(picture, text):
    """The bytes of a JPEG or PNG picture with a text that says nothing about its pixels."""
    if picture[:2] == b"\xff\xd8":
        return picture[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + picture[2:]
    chunk = b"tEXtComment\0" + text
    end = 8 + 25
    return picture[:end] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + picture[end:]


def main(source, target, count):
    os.makedirs(target)
    names = sorted(name for name in os.listdir(source) if name.endswith((".jpg", ".png")))
    for number, name in zip(range(int(count)), itertools.cycle(names)):
        with open(os.path.join(source, name), "rb") as file:
            picture = with_comment(file.read(), b"%d" % number)
        with open(os.path.join(target, f"{number:05}-{name}"), "wb") as file:
            file.write(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
