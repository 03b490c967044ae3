// Swift's runtime and NIO's event loops under load, while all their threads are sampled as often as can be.
//
//     signal-soak [--rate PER-SECOND] SIGNALS
//
// Ends as the program in Tests/SignalSoak/Workers does.

import CSignalSoak
import Foundation
import NIOCore
import NIOPosix

let options = soak_read_options(CommandLine.argc, CommandLine.unsafeArgv)
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
let hopping = Worker("actor hops")
let yielding = Worker("Task.yield")
let grouping = Worker("task groups")
let letting = Worker("async let")
let streaming = Worker("AsyncStream")
let throwing = Worker("throws")
let echoing = Worker("NIO echo")

let sampling = Thread {
    soak_sample(options)
}
sampling.start()

try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await hop(hopping) }
    group.addTask { await yield(yielding) }
    group.addTask { await divide(grouping) }
    group.addTask { await begin(letting) }
    group.addTask { await stream(streaming) }
    group.addTask { await attempt(throwing) }
    group.addTask { try await echo(echoing, on: loops) }
    try await group.waitForAll()
}
try await loops.shutdownGracefully()
soak_join_workers()
exit(soak_report())
