"""Disks that are soon full."""

import contextlib
import os
import shutil
import subprocess


@contextlib.contextmanager
def small_disk(folder, kilobytes):
    """A file system of its own, in a mount namespace that the script makes; what failed is copied out of it."""
    path = os.path.join(folder, "disk")
    os.mkdir(path)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "soak", path]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"no small disk could be mounted, which needs root: {done.stderr.strip()}")
    try:
        yield path
    except Exception:
        shutil.copytree(path, path + ".kept", ignore=lambda *_: ["ballast"])
        raise
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(path, spare):
    """Takes what room there is, but for some bytes."""
    with contextlib.suppress(OSError), open(path, "ab", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4_096))
    os.truncate(path, max(0, os.path.getsize(path) - spare))
