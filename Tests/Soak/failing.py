"""Makes calls of the system fail in a process that runs: strace --inject."""

import contextlib
import os
import subprocess
import tempfile
import time

PATIENCE_SECONDS = 60


class Tracer:
    """strace, attached to all threads of a process, those to come included."""

    def __init__(self, pid, calls, paths=(), output=os.devnull):
        """`calls` as `strace -e inject=` takes them: write:error=EIO:when=2+3; of files with these paths, or of all."""
        command = ["strace", "-f", "-qqq", "-o", output, "-p", str(pid)]
        for path in paths:
            command += ["-P", path]
        command += ["-e", "trace=" + ",".join(sorted({call.split(":")[0] for call in calls})), "-e", "signal=none"]
        for call in calls:
            command += ["-e", f"inject={call}"]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stderr=self.errors)
        begin = time.monotonic()
        while not all(tracers(pid)):
            if self.process.poll() is not None or time.monotonic() - begin > PATIENCE_SECONDS:
                self.errors.seek(0)
                raise RuntimeError(f"strace does not attach to {pid}: {self.errors.read()}")
            time.sleep(0.002)

    def detach(self):
        """The calls succeed again."""
        self.process.terminate()
        self.process.wait()
        self.errors.close()


def tracers(pid):
    """Which process traces each thread; 0: none."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/task/{thread}/status") as lines:
            yield next(int(line.split()[1]) for line in lines if line.startswith("TracerPid:"))


@contextlib.contextmanager
def attached(pid, calls):
    """Calls of a process fail meanwhile."""
    tracer = Tracer(pid, calls)
    try:
        yield
    finally:
        tracer.detach()
