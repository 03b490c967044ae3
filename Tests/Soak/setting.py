"""What a scenario of a program that records has."""

import contextlib
import shutil
import tempfile
import time

from figures import Figures, seeded
from recorder import Recorder


class Setting:
    """What a scenario has: the programs, chance, time, and folders that are kept where it fails."""

    def __init__(self, programs, seconds):
        self.programs, self.chance, self.doing = programs, seeded("soak"), ""
        self.figures, self.deadline = Figures(), time.monotonic() + seconds

    @property
    def is_over(self):
        return time.monotonic() > self.deadline

    def again(self, kinds):
        """Each kind once at least, unless time is over; and all of them again while there is time."""
        while not self.is_over:
            for kind in kinds:
                yield kind
                if self.is_over:
                    return

    @contextlib.contextmanager
    def folder(self):
        path = tempfile.mkdtemp(prefix="soak-recorder-")
        yield path
        shutil.rmtree(path)

    @contextlib.contextmanager
    def recorder(self, folder=None, environment=None):
        if folder is None:
            with self.folder() as own, self.recorder(own, environment) as recorder:
                yield recorder
            return
        recorder = Recorder(self.programs, folder, environment=environment)
        try:
            yield recorder
        finally:
            recorder.close()
