"""What a run's calls come to, function by function, by the definitions of the report's documentation.

Each time is known between two bounds: by the clock reads in the function's body, and by its caller's around the call.
"""

import array
import dataclasses
import math


@dataclasses.dataclass
class Call:
    function: int
    caller: int
    called: int
    began: int
    ended: int
    returned: int
    cpu: int
    caller_cpu: int
    suspends: bool
    children: list = dataclasses.field(default_factory=list)

    @property
    def inner(self):
        return self.began, self.ended

    @property
    def outer(self):
        return self.called, self.returned


@dataclasses.dataclass
class Bounds:
    lower: int = 0
    upper: int = 0

    def add(self, lower, upper):
        self.lower += lower
        self.upper += upper


@dataclasses.dataclass
class Truth:
    count: int = 0
    total: Bounds = dataclasses.field(default_factory=Bounds)
    self: Bounds = dataclasses.field(default_factory=Bounds)
    # Of async functions, what sync ones below them used.
    cpu: Bounds = dataclasses.field(default_factory=Bounds)
    # At most, with what the async ones' own code used.
    whole_cpu: int = 0
    # What its own code used.
    own_cpu: Bounds = dataclasses.field(default_factory=Bounds)
    durations: tuple = dataclasses.field(default_factory=lambda: ([], []))

    def quantile(self, share):
        """The duration at rank ⌈share · n⌉."""
        # 0.95 · 20 is a little over 19 in binary.
        rank = max(1, math.ceil(round(share * self.count, 6)))
        return Bounds(*(durations[rank - 1] for durations in self.durations))


def read(path):
    """All calls of a file that the program wrote, by number."""
    words = array.array("q")
    with open(path, "rb") as file:
        words.frombytes(file.read())
    return [Call(*words[at:at + 8], words[at + 8] == 1) for at in range(0, len(words), 9)]


def measure(calls, functions):
    """The truth about each function, by number."""
    kept = _fold(calls)
    for number in kept:
        if (caller := calls[number].caller) >= 0:
            calls[caller].children.append(calls[number])
    found = [Truth() for _ in range(functions)]
    cpu, whole_cpu = {}, {}
    # A call is numbered before those that it makes.
    for number in reversed(kept):
        call = calls[number]
        key = id(call)
        below = [id(child) for child in call.children]
        if call.suspends:
            cpu[key] = [sum(cpu[child][bound] for child in below) for bound in (0, 1)]
            whole_cpu[key] = call.cpu + sum(whole_cpu[child] for child in below)
            own_cpu = call.cpu, call.cpu
        else:
            cpu[key] = call.cpu, call.caller_cpu
            whole_cpu[key] = call.caller_cpu
            own_cpu = (call.cpu - sum(child.caller_cpu for child in call.children),
                       call.caller_cpu - sum(child.cpu for child in call.children))
        truth = found[call.function]
        truth.count += 1
        truth.own_cpu.add(*own_cpu)
        lengths = [ended - began for began, ended in (call.inner, call.outer)]
        truth.self.add(lengths[0] - _covered(call.inner, [child.outer for child in call.children]),
                       lengths[1] - _covered(call.outer, [child.inner for child in call.children]))
        for durations, length in zip(truth.durations, lengths):
            durations.append(length)
        if not _is_inside_its_own(call, calls):
            truth.total.add(*lengths)
            truth.cpu.add(*cpu[key])
            truth.whole_cpu += whole_cpu[key]
    for truth in found:
        for durations in truth.durations:
            durations.sort()
    return found


def _fold(calls):
    """Makes calls right inside one of the same function part of that. Returns the numbers of the others."""
    kept, outer = [], {}
    for number, call in enumerate(calls):
        call.caller = outer.get(call.caller, call.caller)
        if call.caller >= 0 and calls[call.caller].function == call.function:
            outer[number] = call.caller
            if call.suspends:
                calls[call.caller].cpu += call.cpu
        else:
            kept.append(number)
    return kept


def _covered(interval, children):
    """How much of an interval others cover: their union, clipped to it."""
    covered, until = 0, interval[0]
    for began, ended in sorted(children):
        began, ended = max(began, until), min(ended, interval[1])
        if ended > began:
            covered += ended - began
            until = ended
    return covered


def _is_inside_its_own(call, calls):
    function, caller = call.function, call.caller
    while caller >= 0:
        if calls[caller].function == function:
            return True
        caller = calls[caller].caller
    return False
