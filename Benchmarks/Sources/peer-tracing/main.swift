// swift-distributed-tracing's two rows of the table of peers: a span while no tracer is bootstrapped, and, where the first
// argument is `--in-memory`, one that the package's own in-memory tracer keeps.

import CMeasure
import Foundation
import Tracing

if CommandLine.arguments.dropFirst().first == "--in-memory" {
    InstrumentationSystem.bootstrap(tracer)
    exit(
        measure_run(
            "swift-distributed-tracing, in memory", spansKeptForNow, 10_000, CommandLine.argc - 1,
            CommandLine.unsafeArgv + 1))
}
exit(
    measure_run(
        "swift-distributed-tracing, no tracer", spans, 200_000, CommandLine.argc, CommandLine.unsafeArgv))
