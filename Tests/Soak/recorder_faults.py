"""What a program that records goes through, one kind of fault after the other; see scripts/soak.

usage: recorder_faults.py PROGRAMS SECONDS calls|disk|kills|clock|stops
"""

import glob
import os
import re
import resource
import sys
import time

from recorder import Failure, LogText, count, first_screen, report
from setting import Setting
from small_disks import fill, small_disk

# What fails, of which file, with what: errors as the calls' manual pages name them.
FAILING = [
    ("write", "log", ("ENOSPC", "EIO", "EFBIG", "EPIPE", "EDQUOT", "EINTR", "EAGAIN")),
    ("openat", "log", ("EMFILE", "ENFILE", "EACCES", "EROFS", "EIO", "ENOSPC", "EINTR")),
    ("openat", "ring", ("EMFILE", "EACCES", "EROFS", "ENOSPC")),
    ("fallocate", "ring", ("ENOSPC", "EIO", "EOPNOTSUPP", "EINTR")),
    ("mmap", "ring", ("ENOMEM", "EACCES", "EAGAIN")),
    ("fstat", "log", ("EIO", "EBADF", "ENOMEM")),
    ("openat", "probes", ("EMFILE", "ENFILE", "EACCES", "EINTR")),
    ("read", "probes", ("EIO", "EINTR", "EAGAIN")),
    # Of all files, from the first request on.
    ("getdents64", "", ("EIO", "ENOENT")),
    ("readlink", "", ("EACCES", "ENOENT")),
]
# Once, in turns, and from some time on for ever.
TIMES = ("{}", "{}+2", "{}+3", "{}+5", "{}+")
DONE_REQUESTS = 20


def check(programs, recorder, base=0, mode="aggregate"):
    """Holds a log against what was asked for: what is not there is declared lost, and nothing is there twice."""
    text = LogText(*recorder.logs)
    if missing := text.unaccounted():
        raise Failure(f"{missing} records are neither in the log nor declared lost" if missing > 0 else
                      f"{-missing} records are in the log and declared lost")
    if not text.ends and "hoofprint: cannot" not in recorder.said():
        raise Failure(f"nothing says why the log does not end: {recorder.said()!r}")
    if not text.records:
        return text
    found = count(report(programs, *recorder.logs)[0]) - base
    # A span's own line is lost where it was not taken; counters say the whole again.
    least = recorder.sent - (text.lost if mode == "every" else 0)
    if not least <= found <= recorder.sent:
        raise Failure(f"{found} requests are counted, of {recorder.sent}; {text.lost} records declared lost")
    return text


def calls(setting):
    """Calls of the system fail: the program goes on, and when they succeed again the counts are exact."""
    kinds = [(call, where, error) for call, where, errors in FAILING for error in errors]
    setting.chance.shuffle(kinds)
    for call, where, error in setting.again(kinds):
        when = setting.chance.choice(TIMES).format(setting.chance.randint(1, 6))
        fault = f"{call}:error={error}:when={when}"
        mode = setting.chance.choice(("aggregate", "every"))
        with setting.recorder(environment={"HOOFPRINT": mode}) as recorder:
            setting.doing = f"{fault} of {where or 'all files'}"
            if where:
                recorder.fail([fault], recorder.files(where))
            recorder.begin()
            recorder.step(DONE_REQUESTS)
            if not where:
                recorder.fail([fault])
            for _ in range(3):
                recorder.step(DONE_REQUESTS)
            recorder.heal()
            recorder.step(DONE_REQUESTS)
            recorder.finish()
            text = check(setting.programs, recorder, mode=mode)
            if text.damaged:
                raise Failure(f"{text.damaged} lines are damaged")
            setting.figures.add("records declared lost", text.lost)
        setting.figures.add("runs amid failing calls")
        setting.figures.worst("answer took", recorder.longest * 1e3, "ms")


def disk(setting):
    """The log's disk is full from time to time: whole lines or none count, and the loss is exact."""
    for kilobytes in setting.again([4_096, 512]):
        setting.doing = f"a disk of {kilobytes} KiB"
        with setting.folder() as folder, small_disk(folder, kilobytes) as disk, setting.recorder(disk) as recorder:
            recorder.begin()
            recorder.step(DONE_REQUESTS)
            fills = setting.chance.randint(1, 4)
            for _ in range(fills):
                fill(f"{disk}/ballast", setting.chance.choice((0, 4_096, 8_192)))
                for _ in range(setting.chance.randint(1, 6)):
                    recorder.step(DONE_REQUESTS)
                os.unlink(f"{disk}/ballast")
                recorder.step(DONE_REQUESTS)
            recorder.finish()
            text = check(setting.programs, recorder)
            if text.damaged > fills:
                raise Failure(f"{text.damaged} lines are damaged, of a disk that was full {fills} times")
            setting.figures.add("records declared lost", text.lost)
        setting.figures.add("times the disk was full", fills)
        setting.figures.worst("answer took", recorder.longest * 1e3, "ms")


def kills(setting):
    """kill -9 at any moment, and a new start on the same log: what was answered is counted, once."""
    for number in setting.again(range(8)):
        with setting.folder() as folder:
            base, mode = 0, setting.chance.choice(("aggregate", "every"))
            for _ in range(20):
                base = kill(setting, folder, mode, base)
                if setting.is_over:
                    break
            with setting.recorder(folder, {"HOOFPRINT": mode}) as last:
                last.begin()
                last.step()
                last.finish()
                text = check(setting.programs, last, base, mode)
                setting.figures.add("sessions that are marked as killed", list(text.ends.values()).count("killed"))
                if rings := glob.glob(f"{last.log}.ring.*"):
                    raise Failure(f"ring files are left over: {rings}")


def kill(setting, folder, mode, base):
    """One kill; how many requests are counted now."""
    with setting.recorder(folder, {"HOOFPRINT": mode}) as recorder:
        recorder.begin()
        for _ in range(setting.chance.randint(0, 3)):
            recorder.step(setting.chance.randint(1, 50))
        # In the middle of a flush, of requests, or of the start.
        recorder.order(setting.chance.randint(1, 2_000))
        time.sleep(setting.chance.uniform(0, 0.03))
        recorder.kill()
        setting.doing = f"kill -9 of {recorder.pid}"
    setting.figures.add("kills")
    if not os.path.exists(recorder.log):
        if recorder.answered:
            raise Failure("there is no log")
        return base
    if not LogText(recorder.log).records:
        return base
    found, seconds = report(setting.programs, *recorder.logs)
    found = count(found) - base
    # Of the order that was not answered all may be there, or a part.
    if not recorder.answered <= found <= recorder.sent:
        raise Failure(f"{found} requests are counted, of {recorder.answered} that were answered and {recorder.sent} sent")
    # Its ring file, which tells that it was killed, is there from some moment of the start on. Those before were killed, too.
    screen = first_screen(setting.programs, recorder.log)
    told = re.search(rf"(pid {recorder.pid} was|processes were) (killed|still running, or)", screen)
    if recorder.answered and not told:
        raise Failure(f"the report does not say that {recorder.pid} did not end")
    setting.figures.add("requests that were answered", recorder.answered)
    setting.figures.worst("report took", seconds * 1e3, "ms")
    return base + found


def clock(setting):
    """The wall clock is set back and ahead by hours and days: counts and durations stay what they are."""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise Failure("libfaketime is not installed; scripts/setup installs it")
    for _ in setting.again([0]):
        with setting.folder() as folder:
            file = os.path.join(folder, "clock")
            set_clock(file, 0)
            environment = {
                "LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            with setting.recorder(folder, environment) as recorder:
                begin, steps = time.monotonic(), 0
                recorder.begin()
                for _ in range(5):
                    # In the midst of requests, if need be of one.
                    recorder.order(2_000)
                    for _ in range(4):
                        time.sleep(0.005)
                        set_clock(file, setting.chance.choice((-86_400, -3_600, -1, 1, 3_600, 86_400)))
                        steps += 1
                    recorder.wait()
                recorder.finish()
                elapsed = (time.monotonic() - begin) * 1e9
                check(setting.programs, recorder)
                compare_durations(report(setting.programs, recorder.log)[0], elapsed)
            setting.figures.add("clock steps", steps)


def set_clock(path, seconds):
    # In one step: a file without a time ends the program.
    with open(path + ".new", "w") as file:
        file.write(f"{seconds:+d}")
    os.rename(path + ".new", path)


def compare_durations(report, elapsed):
    """Refuses durations that are longer than the program ran."""
    for function in report["functions"]:
        if not 0 <= function["self_ns"] <= function["total_ns"] <= elapsed or function["max_ns"] > elapsed:
            raise Failure(f"{function['name']} took {function['total_ns']} ns, of {elapsed:.0f} ns that there were")
    if found := report["drops"].get("clock_steps"):
        raise Failure(f"{found} steps of the processor's counter are told of, where the wall clock was set")


def stops(setting):
    """The program is stopped for a while, and has no descriptors left for a while: counts stay exact."""
    for is_starved in setting.again([False, True]):
        setting.doing = "no descriptors" if is_starved else "SIGSTOP"
        with setting.recorder() as recorder:
            begin = time.monotonic()
            recorder.begin()
            recorder.step(DONE_REQUESTS)
            (starve if is_starved else pause)(setting, recorder)
            recorder.step(DONE_REQUESTS)
            recorder.finish()
            elapsed = (time.monotonic() - begin) * 1e9
            check(setting.programs, recorder)
            compare_durations(report(setting.programs, *recorder.logs)[0], elapsed)


def pause(setting, recorder):
    for _ in range(5):
        recorder.order(500)
        time.sleep(setting.chance.uniform(0, 0.02))
        recorder.pause()
        time.sleep(setting.chance.uniform(0.01, 0.2))
        recorder.resume()
        recorder.wait()
        setting.figures.add("stops and continues")


def starve(setting, recorder):
    """The log is moved away, as by logrotate, while none can be opened."""
    before = resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE, (3, before[1]))
    os.rename(recorder.log, recorder.log + ".1")
    for _ in range(3):
        recorder.step(DONE_REQUESTS)
    if "cannot open the log" not in recorder.said():
        raise Failure(f"that the log cannot be opened is not told: {recorder.said()!r}")
    resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE, before)
    setting.figures.add("times without descriptors")


def main():
    programs, seconds, name = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    setting = Setting(programs, seconds)
    try:
        {"calls": calls, "disk": disk, "kills": kills, "clock": clock, "stops": stops}[name](setting)
    except Failure as failure:
        sys.exit(f"soak: recorder, {name}, {setting.doing}: {failure}")
    setting.figures.tell(f"recorder-{name}")


if __name__ == "__main__":
    main()
