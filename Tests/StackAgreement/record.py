"""Runs in gdb: at each SIGPROF, gdb's own backtrace of the thread that gets it, before it gets it.

Environment: RECORD_TO, a file that gets a line of JSON for each stop; RECORD_STOPS, how many.
"""

import json
import os

import gdb

MOST_FRAMES = 140  # a few more than the sampler gives

for line in [
    "set pagination off", "set confirm off", "set debuginfod enabled off", "set print thread-events off",
    "set backtrace past-main on", "set backtrace past-entry on", "set disable-randomization off",
    # gdb needs no library of threads to unwind them, and that library loses its way where a thread lives shortly.
    "set auto-load libthread-db off", "set libthread-db-search-path /nonexistent",
    "handle all nostop noprint pass", "handle SIGPROF stop print pass",
]:
    gdb.execute(line, to_string=True)

state = {"stopped": False, "over": False, "end": "is not known"}


def on_stop(event):
    state["stopped"] = isinstance(event, gdb.SignalEvent) and event.stop_signal == "SIGPROF"


def on_exit(event):
    code = getattr(event, "exit_code", None)
    state["over"] = True
    state["end"] = f"signal {gdb.parse_and_eval('$_exitsignal')}" if code is None else f"status {code}"


gdb.events.stop.connect(on_stop)
gdb.events.exited.connect(on_exit)


def backtrace():
    """The addresses of all frames that are there: without those that gdb makes for inlined functions and tail calls."""
    frame = gdb.newest_frame()
    stop = {"thread": gdb.selected_thread().ptid[1], "sp": int(frame.read_register("rsp")), "frames": []}
    while frame is not None and len(stop["frames"]) < MOST_FRAMES:
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            stop["frames"].append(frame.pc())
        try:
            frame = frame.older()
        except gdb.error as error:
            stop["error"] = str(error)
            break
    return stop


with open(os.environ["RECORD_TO"], "w") as file:
    left = int(os.environ["RECORD_STOPS"])
    said = gdb.execute("run", to_string=True)
    while not state["over"] and gdb.selected_inferior().pid:
        if state["stopped"] and left > 0:
            left -= 1
            file.write(json.dumps(backtrace()) + "\n")
            if left == 0:
                gdb.execute("handle SIGPROF nostop noprint pass", to_string=True)
        elif not state["stopped"]:
            # gdb's own doing: the program is as far as it was.
            print(f"gdb stopped for something else than SIGPROF: {said}")
            gdb.execute("quit 3")
        state["stopped"] = False
        said = gdb.execute("continue", to_string=True)
    file.write(json.dumps({"end": state["end"]}) + "\n")
