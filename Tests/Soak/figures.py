"""What a part of the soak tells of itself: how often what was done, and the worst figure."""

import collections
import os
import random


def seeded(what):
    """Chance that SOAK_SEED repeats."""
    seed = int(os.environ.get("SOAK_SEED", random.randrange(1 << 32)))
    print(f"{what}: SOAK_SEED={seed}", flush=True)
    return random.Random(seed)


class Figures:
    """Counts, and the highest of each kind of figure."""

    def __init__(self):
        self.counts, self.highest = collections.Counter(), {}

    def add(self, what, number=1):
        self.counts[what] += number

    def worst(self, what, number, unit):
        if number >= self.highest.get(what, (0, ""))[0]:
            self.highest[what] = number, unit

    def tell(self, part):
        """Writes the line that scripts/soak makes a row of its table of."""
        done = ", ".join(f"{number:,} {what}" for what, number in self.counts.items())
        worst = ", ".join(f"{what} {number:,.0f} {unit}" for what, (number, unit) in self.highest.items())
        print(f"figures: {part} | {done} | {worst}", flush=True)
