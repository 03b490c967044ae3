"""Reads the logs of a fleet in three ways, and holds the reports against each other; see `run`."""
import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time

CORES = 2


def fail(message):
    print(f"fleet: {message}", file=sys.stderr)
    sys.exit(2)


def run(command, **options):
    """Returns what a program writes."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **options)
    except OSError as error:
        fail(f"cannot run {command[0]}: {error.strerror}")
    if done.returncode:
        fail(f"{' '.join(command[:3])}: status {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}")
    return done.stdout


def write_logs(folder, generator, count, megabytes):
    """Writes logs of two processes each, every fourth as a rotated set, and returns their paths."""
    paths = []
    for number in range(count):
        half = str(max(1, megabytes // 2))
        lines = b"".join(run([generator, half, "50", "64", str(2 * number + process)]) for process in (1, 2))
        path = os.path.join(folder, f"machine-{number}", "server.log")
        os.makedirs(os.path.dirname(path))
        cuts = [0, len(lines)]
        if number % 4 == 0:
            cuts[1:1] = [lines.index(b"\n", len(lines) * third // 3) + 1 for third in (1, 2)]
        for age, (begin, end) in enumerate(reversed(list(zip(cuts, cuts[1:])))):
            name = path if age == 0 else f"{path}.{age}"
            with open(name, "wb") as log:
                log.write(lines[begin:end])
            paths.append(name)
    random.Random(1).shuffle(paths)
    return paths


def single(program, logs):
    return run([program, *logs, "--format", "json"])


def by_xargs(program, logs, folder):
    """A process for each log, and one that joins what they wrote."""
    script = 'exec "$0" "$1" --partial -o "$2/$(echo "$1" | md5sum | cut -c-32).partial"'
    command = ["xargs", "-0", "-P", str(CORES), "-I", "{}", "sh", "-c", script, program, "{}", folder]
    run(command, input=b"\0".join(log.encode() for log in logs))
    return run([program, folder, "--format", "json"])


def by_spark(program, logs, context):
    """The names of the logs go through a command for each part of them, and the lines it writes through one that joins them."""
    partial = shlex.quote(program) + " --partial"
    lines = context.parallelize(logs, 4 * CORES).pipe("xargs -d '\\n' " + partial, env=os.environ, checkCode=True)
    joined = lines.coalesce(1).pipe(partial + " -", env=os.environ, checkCode=True).collect()
    return run([program, "-", "--format", "json"], input="\n".join(joined).encode())


def start_spark():
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError as error:
        fail(f"{error}; Benchmarks/fleet/environment installs it, or leave Spark out with --without-spark")
    settings = SparkConf().setMaster(f"local[{CORES}]").setAppName("fleet")
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        settings.set(name, "false")
    context = SparkContext(conf=settings)
    context.setLogLevel("ERROR")
    return context


def timed(work, *arguments):
    start = time.monotonic()
    result = work(*arguments)
    return result, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/fleet/run")
    parser.add_argument("--program", required=True)
    parser.add_argument("--logs", type=int, default=16)
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--without-spark", action="store_true")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        generator = os.path.join(os.path.dirname(program), "log-generator")
        logs = write_logs(folder, generator, options.logs, options.megabytes)
        size = sum(os.path.getsize(log) for log in logs) / 1e6
        print(f"{len(logs)} logs of {options.logs} machines, {size:.0f} MB, {CORES} processes at once")
        whole, alone = timed(single, program, logs)
        partials = os.path.join(folder, "partials")
        os.mkdir(partials)
        rows = [("one run over all logs", whole, alone)]
        rows.append(("xargs -P2, a partial a log", *timed(by_xargs, program, logs, partials)))
        if not options.without_spark:
            context, starting = timed(start_spark)
            rows.append(("Spark, a partial a partition", *timed(by_spark, program, logs, context)))
            context.stop()
        bytes_of_partials = sum(entry.stat().st_size for entry in os.scandir(partials))
    for name, report, seconds in rows:
        same = "equal" if report == whole else "ANOTHER REPORT"
        print(f"{name:30} {seconds:7.2f} s  {seconds / alone:5.2f} times one run  {len(report)} bytes of JSON, {same}")
    print(f"partials: {bytes_of_partials / len(logs) / 1e3:.0f} kB a log")
    if not options.without_spark:
        print(f"starting Spark: {starting:.2f} s")
    return 0 if all(report == whole for _, report, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
