"""The Swift sources of a plan's program."""

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "truth",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "hoofprint", path: "HOOFPRINT", traits: [])],
    targets: [
        .target(name: "Ground"),
        .executableTarget(
            name: "truth", dependencies: ["Ground", .product(name: "Hoofprint", package: "hoofprint")]),
    ])
"""


def functions(plan):
    """The file with all functions, as a user has them: nothing of Hoofprint but the spans written by hand."""
    return "import Ground\nimport Hoofprint\n\n" + "\n".join(_function(f, plan) for f in plan)


def _function(function, plan):
    lines = [f"func {function.name}(_ call: Int{_depth_parameter(function)})"
             + (" async" if function.is_async else "") + " {"]
    kind = "Async" if function.is_async else ""
    body = [f"Calls.enter{kind}(call)", f"defer {{ Calls.leave{kind}(call) }}"]
    calls = _parallel(function, plan) if function.is_parallel else _sequential(function, plan)
    work = _work(function)
    body += work + calls if function.works_first or function.is_parallel else calls + work
    if function.is_parallel:
        lines += [f'    await span("{function.name}(_:)") {{'] + ["        " + line for line in body] + ["    }"]
    else:
        lines += ["    " + line for line in body]
    return "\n".join(lines + ["}\n"])


def _depth_parameter(function):
    return f", _ depth: Int = {function.recursion}" if function.recursion or function.partner >= 0 else ""


def _work(function):
    await_ = "await " if function.kind == "await" else ""
    kinds = function.kind.split("+")
    return [f"{await_}Costs.{kind}({function.microseconds // len(kinds)}, call)" for kind in kinds]


def _call(callee, caller="call", depth="", name="next"):
    """A call, between the caller's clock reads; `depth` is an argument more."""
    return (f"let {name} = Calls.call({callee.number}, from: {caller}); {'await ' if callee.is_async else ''}"
            f"{callee.name}({name}{depth}); Calls.returned({name})")


def _sequential(function, plan):
    calls = [plan[callee.number] for callee in function.callees for _ in range(callee.times)]
    lines = [_call(callee, name=f"call{at}") for at, callee in enumerate(calls)]
    if function.partner >= 0:
        partner = plan[function.partner]
        lines.append(_call(partner, depth=", depth") if function.recursion
                     else f"if depth > 0 {{ {_call(partner, depth=', depth - 1')} }}")
    elif function.recursion:
        lines.append(f"if depth > 0 {{ {_call(function, depth=', depth - 1')} }}")
    return lines


def _parallel(function, plan):
    calls = [plan[callee.number] for callee in function.callees for _ in range(callee.times)]
    asyncs = [callee for callee in calls if callee.is_async]
    lines = [f"async let child{at}: Void = {{ {_call(callee)} }}()" for at, callee in enumerate(asyncs)]
    lines += [_call(callee, name=f"call{at}") for at, callee in enumerate(calls) if not callee.is_async]
    return lines + ["_ = await (" + ", ".join(f"child{at}" for at in range(len(asyncs))) + ")"]


def main(plan, requests):
    """The main program: two threads for each sync root, a task for each async one, and two for the first of these."""
    lines = ["import Ground", "", "var threads: [Worker] = []", "var tasks: [Task<Void, Never>] = []"]
    for root in (f for f in plan if f.level == 0):
        runners = 1 if root.is_async and root.number else 2
        for runner in range(runners):
            times = requests * (runner + 1) // runners - requests * runner // runners
            if root.is_async:
                lines.append(f"tasks.append(Task.detached {{ for _ in 0..<{times} {{ {_call(root, '-1')} }} }})")
            else:
                lines.append(f"threads.append(Worker {{ for _ in 0..<{times} {{ {_call(root, '-1')} }} }})")
    return "\n".join(lines + [
        "for thread in threads { thread.join() }", "for task in tasks { await task.value }",
        'Calls.write(to: "truth.bin")', ""])
