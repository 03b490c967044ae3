"""Compares the sampler's stacks with gdb's of the same stops, and says how far they agree.

    compare.py SAMPLES-AND-STOPS-FOLDER CASES

FOLDER has, for each case of CASES (a name and the functions of its task a line), NAME.samples and NAME.stops.
"""

import collections
import json
import pathlib
import sys

from symbols import Process, is_async

CUT, PHYSICAL, ASYNC, COPIED = 1, 2, 4, 8
AGREEING, COMPLETE, CHAINED, SYMBOLISED = 98.0, 99.0, 95.0, 99.0
# Cut at HP_STACK_FRAMES, as is to be; and where stacks are copied, at HP_COPY_BYTES, or at the end of one of two stacks.
LONGER_THAN_STACKS, LONGER_THAN_COPIES = {"deep-recursion"}, {"c-large-frames", "alternate-stack"}

Sample = collections.namedtuple("Sample", "thread flags sp frames callers")


def addresses(text):
    return [] if text == "-" else [int(word, 16) for word in text.split(",")]


def read_samples(path):
    samples, maps = [], []
    for line in path.read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "sample":
            thread, flags, _, sp, frames, callers, _ = rest.split()
            samples.append(Sample(int(thread), int(flags), int(sp, 16), addresses(frames), addresses(callers)))
        elif word == "map":
            maps.append(rest)
    return samples, Process(maps)


class Totals:
    def __init__(self):
        self.stops = self.unmatched = self.frames = self.agreeing = self.whole = 0
        self.stacks = self.complete = self.copied = 0
        self.async_stacks = self.chained = self.known_chains = self.right_chains = 0
        self.addresses = self.named = self.all_addresses = self.all_named = 0

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def frames_agreeing(sample, theirs):
    """How many frames were compared, and how many are the same. Counts from the innermost; what is missing is wrong."""
    ours = sample.frames
    # Where the kernel restarts a system call, it puts the thread back before the call's instruction, of 2 bytes.
    if ours and theirs and ours[0] + 2 == theirs[0]:
        theirs = [ours[0]] + theirs[1:]
    if sample.flags & (CUT | ASYNC):
        theirs = theirs[: len(ours)]
    count = max(len(ours), len(theirs))
    return count, sum(1 for one, other in zip(ours, theirs) if one == other)


def match(samples, stops):
    """Pairs of a sample and a stop, of one thread and place. Where there are several, those that are equal first."""
    by_place = collections.defaultdict(list)
    for sample in samples:
        by_place[sample.thread, sample.sp].append(sample)
    unmatched = 0
    pairs = []
    for is_last in (False, True):
        left = []
        for stop in stops:
            candidates = [sample for sample in by_place[stop["thread"], stop["sp"]]
                          if sample.frames and stop["frames"] and stop["frames"][0] - sample.frames[0] in (0, 2)]
            if not is_last:
                candidates = [sample for sample in candidates if len(set(frames_agreeing(sample, stop["frames"]))) == 1]
            if candidates:
                by_place[stop["thread"], stop["sp"]].remove(candidates[0])
                pairs.append((candidates[0], stop))
            else:
                left.append(stop)
        stops = left
    return pairs, len(stops)


def is_right_chain(names, expected):
    """Whether the functions of a chain are the expected ones: all of them from some depth on outwards."""
    def plain(name):
        # A specialization's name has that of what it is specialized for behind its own.
        places = [(name.find(f"{len(one)}{one}"), one) for one in set(expected)] if name else []
        return min(((at, one) for at, one in places if at >= 0), default=(0, None))[1]

    found = [one for one in map(plain, names) if one]
    # A function that goes on in several parts stands in the chain once; what calls itself, as often as it does.
    return None if not found else found == expected[-len(found):]


def check_case(name, chain, folder):
    *stops, end = [json.loads(line) for line in (folder / f"{name}.stops").read_text().splitlines()]
    if end["end"] != "status 0":
        sys.exit(f"check-stacks: {name}: the program ended with {end['end']}")
    samples, process = read_samples(folder / f"{name}.samples")
    totals = Totals()
    wrong = collections.Counter()
    for stop in stops:
        # gdb goes on beyond the first function of some threads.
        while stop["frames"] and not process.is_code(stop["frames"][-1]):
            stop["frames"].pop()
    pairs, totals.unmatched = match(samples, stops)
    totals.stops = len(pairs)
    for sample, stop in pairs:
        count, same = frames_agreeing(sample, stop["frames"])
        totals.frames += count
        totals.agreeing += same
        totals.whole += count == same
        if count != same:
            at = next((index for index, (one, other) in enumerate(zip(sample.frames, stop["frames"])) if one != other),
                      min(len(sample.frames), len(stop["frames"])))
            _, before = process.find(sample.frames[at - 1] - (at > 1))
            wrong[f"flags {sample.flags}: differs after {before}"] += 1
    for sample in samples:
        totals.stacks += 1
        may_be_cut = name in LONGER_THAN_STACKS or bool(name in LONGER_THAN_COPIES and sample.flags & COPIED)
        totals.complete += not sample.flags & CUT or may_be_cut
        totals.copied += bool(sample.flags & COPIED)
        functions = [process.find(address - (index > 0)) for index, address in enumerate(sample.frames)]
        for address, (file, function) in zip(sample.frames, functions):
            totals.all_addresses += 1
            totals.all_named += function is not None
            if file is not None and file.is_whole:
                totals.addresses += 1
                totals.named += function is not None
        if sample.flags & CUT and not may_be_cut:
            wrong[f"flags {sample.flags}: cut after {functions[-1][1] if functions else None}"] += 1
        if chain and any(is_async(function) for _, function in functions):
            totals.async_stacks += 1
            totals.chained += bool(sample.callers)
            if not sample.callers:
                inner = next(function for _, function in functions if is_async(function))
                wrong[f"flags {sample.flags}: no chain of {inner}"] += 1
                continue
            names = [functions[-1][1]] + [process.find(address)[1] for address in sample.callers]
            is_right = is_right_chain(names, chain)
            if is_right is not None:
                totals.known_chains += 1
                totals.right_chains += is_right
                if not is_right:
                    wrong[f"flags {sample.flags}: another chain, of {names[0]}"] += 1
    return totals, wrong


def row(name, totals):
    chained = f"{percent(totals.chained, totals.async_stacks):8.2f}" if totals.async_stacks else f"{'-':>8}"
    right = f"{percent(totals.right_chains, totals.known_chains):8.2f}" if totals.known_chains else f"{'-':>8}"
    print(f"{name:<18}{totals.stops:7}{totals.frames:9}{percent(totals.agreeing, totals.frames):10.2f}"
          f"{percent(totals.complete, totals.stacks):10.2f}{chained}{right}"
          f"{percent(totals.named, totals.addresses):12.2f}{percent(totals.copied, totals.stacks):9.2f}")


def main():
    folder, cases = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    print(f"{'case':<18}{'stops':>7}{'frames':>9}{'agree %':>10}{'whole %':>10}{'chain %':>8}{'right %':>8}"
          f"{'symbols %':>12}{'copies %':>9}")
    sums, notes = Totals(), []
    for line in cases.read_text().splitlines():
        name, chain = line.split()
        totals, wrong = check_case(name, [] if chain == "-" else chain.split(","), folder)
        row(name, totals)
        sums.add(totals)
        notes += [f"{name}: {count} times {text}" for text, count in wrong.most_common(5)]
        if not totals.stops:
            sys.exit(f"check-stacks: {name}: no stop could be compared")
    row("all", sums)
    print(f"stops without a sample: {sums.unmatched}; addresses named, stripped libraries' too: "
          f"{percent(sums.all_named, sums.all_addresses):.2f} %")
    for note in notes:
        print(note)
    checks = [
        ("frames that agree", percent(sums.agreeing, sums.frames), AGREEING),
        ("stacks that are whole", percent(sums.complete, sums.stacks), COMPLETE),
        ("samples in async code with a chain", percent(sums.chained, sums.async_stacks), CHAINED),
        ("chains that are right", percent(sums.right_chains, sums.known_chains), AGREEING),
        ("addresses with a symbol", percent(sums.named, sums.addresses), SYMBOLISED),
    ]
    failed = False
    for what, found, wanted in checks:
        failed |= found < wanted
        print(f"check-stacks: {what}: {found:.2f} %, at least {wanted:.0f} % {'FAILED' if found < wanted else 'kept'}")
    sys.exit(failed)


main()
