"""What a run's calls come to, function by function, by the definitions of the report's documentation."""

import array
import dataclasses


@dataclasses.dataclass
class Call:
    function: int
    caller: int
    began: int
    ended: int
    cpu: int
    suspends: bool
    children: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Truth:
    count: int = 0
    total: int = 0
    self: int = 0
    # Of async functions, what sync ones below them used.
    cpu: int = 0
    # With what the async ones' own code used.
    whole_cpu: int = 0
    durations: list = dataclasses.field(default_factory=list)

    def quantile(self, share):
        """The duration at rank ⌈share · n⌉."""
        rank = -(-share * len(self.durations) // 1)
        return self.durations[max(0, int(rank) - 1)]


def read(path):
    """All calls of a file that the program wrote, by number."""
    words = array.array("q")
    with open(path, "rb") as file:
        words.frombytes(file.read())
    calls = [Call(*words[at:at + 5], words[at + 5] == 1) for at in range(0, len(words), 6)]
    return calls


def measure(calls, functions):
    """The truth about each function, by number."""
    kept = _fold(calls)
    for number in kept:
        if (caller := calls[number].caller) >= 0:
            calls[caller].children.append(number)
    found = [Truth() for _ in range(functions)]
    cpu, whole_cpu = {}, {}
    # A call is numbered before those that it makes.
    for number in reversed(kept):
        call = calls[number]
        below = sum(cpu[child] for child in call.children)
        whole_below = sum(whole_cpu[child] for child in call.children)
        cpu[number] = below if call.suspends else call.cpu
        whole_cpu[number] = call.cpu + whole_below if call.suspends else call.cpu
        truth = found[call.function]
        truth.count += 1
        truth.self += call.ended - call.began - _covered(call, calls)
        truth.durations.append(call.ended - call.began)
        if not _is_inside_its_own(number, calls):
            truth.total += call.ended - call.began
            truth.cpu += cpu[number]
            truth.whole_cpu += whole_cpu[number]
    for truth in found:
        truth.durations.sort()
    return found


def _fold(calls):
    """Makes calls right inside one of the same function part of that. Returns the numbers of the others."""
    kept = []
    outer = {}
    for number, call in enumerate(calls):
        call.caller = outer.get(call.caller, call.caller)
        if call.caller >= 0 and calls[call.caller].function == call.function:
            outer[number] = call.caller
            if call.suspends:
                calls[call.caller].cpu += call.cpu
        else:
            kept.append(number)
    return kept


def _covered(call, calls):
    """How much of a call's time its children cover: the union of their intervals, clipped to its own."""
    covered, until = 0, call.began
    for began, ended in sorted((calls[child].began, calls[child].ended) for child in call.children):
        began, ended = max(began, until), min(ended, call.ended)
        if ended > began:
            covered += ended - began
            until = ended
    return covered


def _is_inside_its_own(number, calls):
    function, caller = calls[number].function, calls[number].caller
    while caller >= 0:
        if calls[caller].function == function:
            return True
        caller = calls[caller].caller
    return False
