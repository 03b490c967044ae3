"""A program of 50 functions: who calls whom how often, and what each spends its own time with."""

import dataclasses
import random

FUNCTIONS = 50
LEVELS = (6, 12, 16, 16)
ASYNC_IN_LEVEL = (3, 6, 5, 4)
# What sync and async functions spend their time with, as often as they stand here.
SYNC_KINDS = ["spin"] * 9 + ["sleep"] * 6 + ["lock"] * 6 + ["disk"] * 5 + ["network"] * 4 + ["spin+sleep"] * 2
ASYNC_KINDS = ["await"] * 13 + ["spin"] * 5
REQUESTS = 40
MOST_CALLS = 700
# The self time of each function is to be so many times that of the one after it in the ranking.
STEP = 1.06


@dataclasses.dataclass
class Callee:
    number: int
    times: int


@dataclasses.dataclass
class Function:
    number: int
    level: int
    is_async: bool
    kind: str = ""
    # Of its own time, per call.
    microseconds: int = 0
    calls: int = 0
    callees: list = dataclasses.field(default_factory=list)
    # How often a call calls itself again, one in the other; or its partner, which calls it.
    recursion: int = 0
    partner: int = -1
    # Its callees run at once, in child tasks below a span written by hand.
    is_parallel: bool = False
    works_first: bool = True

    @property
    def name(self):
        return f"f{self.number:02}"


def make(seed, seconds):
    """A plan; `seconds` is the sum of all functions' own times."""
    chance = random.Random(seed)
    functions = []
    for level, (size, asyncs) in enumerate(zip(LEVELS, ASYNC_IN_LEVEL)):
        functions += [Function(len(functions) + at, level, at < asyncs) for at in range(size)]
    _choose_kinds(functions, chance)
    _connect(functions, chance)
    _add_recursion(functions, chance)
    _share_costs(functions, chance, seconds)
    return functions


def _choose_kinds(functions, chance):
    for kinds, group in ((SYNC_KINDS, [f for f in functions if not f.is_async]),
                         (ASYNC_KINDS, [f for f in functions if f.is_async])):
        for function, kind in zip(group, chance.sample(kinds, len(kinds)), strict=True):
            function.kind = kind
            function.works_first = chance.random() < 0.5


def _connect(functions, chance):
    """Gives each function but the roots one to three callers on the levels above, and counts calls."""
    for function in functions:
        if function.level == 0:
            function.calls = REQUESTS
            continue
        # Most sync functions are called by sync ones: a task that blocks keeps others from running.
        by_async = function.is_async or chance.random() < 0.15
        can_call = [f for f in functions if f.level < function.level and f.is_async == by_async]
        near = [f for f in can_call if f.level == function.level - 1]
        callers = chance.sample(near, min(len(near), chance.randint(1, 2)))
        if chance.random() < 0.2 and (far := [f for f in can_call if f not in near]):
            callers.append(chance.choice(far))
        for caller in callers:
            times = chance.choice((1, 1, 1, 2, 3))
            while times > 1 and function.calls + times * caller.calls > MOST_CALLS:
                times -= 1
            caller.callees.append(Callee(function.number, times))
            function.calls += times * caller.calls
    parallel = [f for f in functions if f.is_async and sum(functions[c.number].is_async for c in f.callees) >= 2]
    for function in chance.sample(parallel, min(3, len(parallel))):
        function.is_parallel = True


def _add_recursion(functions, chance):
    """Among those without callees, the ones that are called least."""
    leaves = sorted((f for f in functions if f.level == len(LEVELS) - 1), key=lambda f: f.calls)
    next(f for f in leaves if f.is_async).recursion = 2
    once, twice, first, second = chance.sample([f for f in leaves if not f.is_async][:4], 4)
    once.recursion, twice.recursion = 1, 2
    # Two that call each other: f → g → f → g.
    for caller in functions:
        caller.callees = [c for c in caller.callees if c.number != second.number]
    first.partner, second.partner = second.number, first.number
    first.recursion = 1
    second.calls = first.calls


def _share_costs(functions, chance, seconds):
    smallest = seconds * (STEP - 1) / (STEP ** len(functions) - 1)
    for place, function in enumerate(chance.sample(functions, len(functions))):
        times = 2 if function.partner >= 0 else 1 + function.recursion
        function.microseconds = max(1, round(smallest * STEP ** place / (function.calls * times) * 1e6))
