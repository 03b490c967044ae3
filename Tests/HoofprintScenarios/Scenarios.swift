import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An error of a known type.
struct Refused: Error {}

func exitProcess(_ status: Int32) -> Never { exit(status) }

let scenarios: [String: @Sendable () async -> Void] = [
    "nested": { bootstrapped { nested() } },
    "recursion": { bootstrapped { span("outer") { recurse(depth: 1000) } } },
    "errors": { bootstrapped { errors() } },
    "threads": { bootstrapped { threads(count: 8, spans: 1000) } },
    "thread-churn": { bootstrapped { for _ in 0..<50 { threads(count: 4, spans: 10) } } },
    "async": {
        HoofprintSystem.bootstrap()
        await asyncTree()
    },
    "hops": {
        HoofprintSystem.bootstrap()
        await hops(tasks: 16, rounds: 250)
    },
    "many-hops": {
        HoofprintSystem.bootstrap()
        await manyHops()
    },
    "tokens": {
        HoofprintSystem.bootstrap()
        await tokens()
    },
    "misuse": {
        HoofprintSystem.bootstrap()
        await misuse()
    },
    "attributes": {
        HoofprintSystem.bootstrap()
        await attributes()
    },
    "unset": {
        nested()
        HoofprintSystem.flush()
        HoofprintSystem.isRecording = true
        nested()
    },
    "twice": { bootstrapped { HoofprintSystem.bootstrap() } },
    "switched": {
        bootstrapped {
            nested()
            HoofprintSystem.isRecording = false
            nested()
            HoofprintSystem.isRecording = true
            span("late") {}
        }
    },
    "exit": {
        bootstrapped {
            nested()
            exit(3)
        }
    },
    "after-shutdown": {
        bootstrapped { nested() }
        HoofprintSystem.shutdown()
        nested()
        HoofprintSystem.flush()
    },
    "fork": { bootstrapped { forked() } },
    "fork-inside": {
        HoofprintSystem.bootstrap()
        await forkedInside()
    },
    "fork-often": { bootstrapped { forkedOften() } },
    "ready": {
        HoofprintSystem.bootstrap()
        await ready()
    },
    "own-handler": { bootstrapped { ownHandler() } },
    "bad-access": { crashing { badAccess() } },
    "fatal-error": { crashing { fatalError("as told") } },
    "overflow": { crashing { _ = overflow(1) } },
    "abort": { crashing { abort() } },
    "count": { bootstrapped { countUntilKilled() } },
    "busy": { bootstrapped { while true { nested() } } },
    "stalled": { flushUntilRead() },
    "many-flushes": { bootstrapped { manyFlushes() } },
    "exec": { bootstrapped { executed() } },
    "cpu": { bootstrapped { computeAndSleep() } },
    "many-paths": { bootstrapped { for _ in 0..<3 { manyPaths(depth: 0) } } },
    "too-many-paths": {
        bootstrapped {
            for _ in 0..<3 { manyPaths(depth: 0) }
            // Writing sixteen thousand paths may take an unoptimised build longer than one flush is waited for.
            for _ in 0..<20 { HoofprintSystem.flush() }
        }
    },
    "requests": {
        HoofprintSystem.bootstrap()
        await requests()
    },
    "sync-requests": {
        HoofprintSystem.bootstrap()
        await syncRequests()
    },
    "large-request": { bootstrapped { largeRequest() } },
    "hung": {
        HoofprintSystem.bootstrap()
        await hung()
    },
    "self-made": { selfMadePlugins() },
    "stepped": { bootstrapped { steppedRequests() } },
    "waits": { waits() },
    "waits-churn": { waitsChurn() },
    "waits-forked": { waitsForked() },
    "own-sampler": { ownSampler() },
    "stacks": { await stacks() },
    "stacks-switched": { switchedStacks() },
    "sampled-by-others": { sampledByOthers() },
    "profiled-before": { profiledBefore() },
    "profiled-after": { profiledAfter() },
    "unwinder": { unwinder() },
    "stacked": { stacked() },
    "hung-sampler": { hungSampler() },
    "soak": { bootstrapped { soak() } },
    "closed-under": { bootstrapped { closedUnder() } },
    "closed-at-start": { closedAtStart() },
    "cut-ring": { bootstrapped { cutRing() } },
    "secrets": { await secretsEverywhere() },
    "errno": { await errnoKept() },
    "random-calls": { await randomCalls() },
    "flushes": {
        bootstrapped {
            for _ in 0..<20 {
                nested()
                HoofprintSystem.flush()
            }
        }
    },
]

/// Bootstraps from the environment and runs `body` outside any span.
func bootstrapped(_ body: () -> Void) {
    HoofprintSystem.bootstrap()
    body()
}

/// One `request` with three `step`s, each with two `part`s of two callsites.
@inline(never)
func nested() {
    span("request") {
        for _ in 0..<3 {
            span("step") {
                span("part") { spin(1000) }
                span("part") { spin(1000) }
            }
        }
    }
}

@inline(never)
func recurse(depth: Int) {
    guard depth > 0 else { return }
    span("recurse") { recurse(depth: depth - 1) }
}

func errors() {
    for index in 0..<10 {
        do {
            try span("work") { () throws(Refused) in
                if index.isMultiple(of: 2) { throw Refused() }
            }
        } catch {
            // Compiles only while the closure's typed throw comes out typed.
            let _: Refused = error
        }
    }
    span("marked") { $0.fail(type: "timeout") }
}

/// Runs `spans` spans under a root on each of `count` threads.
func threads(count: Int, spans: Int) {
    var handles: [pthread_t] = []
    for _ in 0..<count {
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Count(spans)).toOpaque()
        let status = pthread_create(&handle, nil, threadBody, box)
        guard status == 0 else { fatalError("pthread_create: \(status)") }
        handles.append(handle)
    }
    for handle in handles { pthread_join(handle, nil) }
}

final class Count: Sendable {
    let value: Int
    init(_ value: Int) { self.value = value }
}

private func threadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let spans = Unmanaged<Count>.fromOpaque(context).takeRetainedValue().value
    span("thread") { for _ in 0..<spans { span("leaf") {} } }
    return nil
}

/// `request` with two children at once, each with a sync span, a `Task` started below, and a task group.
func asyncTree() async {
    await span("request") {
        async let left: Void = span("left") {
            try? await Task.sleep(for: .milliseconds(20))
            span("left.work") { spin(1000) }
        }
        async let right: Void = span("right") {
            try? await Task.sleep(for: .milliseconds(20))
            span("right.work") { spin(1000) }
        }
        _ = await (left, right)
        await Task { await span("task") { await Task.yield() } }.value
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { span("member") { spin(1000) } } }
        }
    }
}

/// Tasks that hop between threads, each under a root of its own; a sync span after every hop has to find it.
func hops(tasks: Int, rounds: Int) async {
    await withTaskGroup(of: Void.self) { group in
        for index in 0..<tasks {
            group.addTask {
                if index.isMultiple(of: 2) {
                    await span("even") { for _ in 0..<rounds { await hop { span("in.even") {} } } }
                } else {
                    await span("odd") { for _ in 0..<rounds { await hop { span("in.odd") {} } } }
                }
            }
        }
    }
}

func hop(_ body: () -> Void) async {
    await Task.yield()
    body()
}

/// Tokens: outside tasks' suspensions, across them, and nested.
func tokens() async {
    let outer = TraceSpan.begin("outer")
    await Task.yield()
    let inner = TraceSpan.begin("inner")
    await Task.yield()
    span("below") {
        let plain = TraceSpan.begin("plain")
        span("below.plain") {}
        plain.end()
    }
    inner.end()
    span("beside") {}
    synchronous()
    outer.end()
    span("after") {}
}

/// As a tool wraps a function that is not async.
func synchronous() {
    let token = TraceSpan.beginSync("sync")
    defer { token.end() }
    span("sync.below") {}
}

/// What a program must not do, and what must do it no harm.
func misuse() async {
    let twice = TraceSpan.begin("twice")
    twice.end()
    twice.end()
    span("closure") {
        let first = TraceSpan.begin("first")
        let second = TraceSpan.begin("second")
        first.end()
        second.end()
        _ = TraceSpan.begin("never.ended")
    }
    span("handle") { handle in
        handle.end()
        handle.end()
    }
    span("good") {}
}

func attributes() async {
    span("read", ["bytes": 42, "name": "a b\n~hp1 span \u{202e}", "password": "canary"]) { span in
        span["format"] = "jpeg"
        span["authToken"] = "canary"
    }
    await span("write", ["secretNote": "canary"]) { span in
        await Task.yield()
        span["rows"] = 7
        span.fail(Refused())
    }
}

func forked() {
    nested()
    let child = swiftFork()
    if child == 0 {
        nested()
        HoofprintSystem.flush()
        exit(0)
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    nested()
    guard status == 0 else { fatalError("the child ended with \(status)") }
}

/// fork(2), which Swift's overlay hides: here the child does what a forking server's would.
func swiftFork() -> pid_t {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { fatalError("no fork") }
    return unsafeBitCast(symbol, to: Fork.self)()
}

/// 20 ms of computing and 20 ms of sleep, five times.
func computeAndSleep() {
    for _ in 0..<5 {
        span("both") {
            span("compute") { burn(milliseconds: 20) }
            span("sleep") { _ = usleep(20_000) }
        }
    }
}

/// Uses the thread's processor for a while, by its CPU clock.
func burn(milliseconds: Int) {
    func cpu() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
    let start = cpu()
    while cpu() - start < milliseconds * 1000 { spin(100) }
}

/// Two spans at each of 14 levels, 32,766 paths: more than the table holds. Levels alternate between two pairs of
/// callsites, since direct recursion folds.
@inline(never)
func manyPaths(depth: Int) {
    guard depth < 14 else { return }
    if depth.isMultiple(of: 2) {
        span("left") { manyPaths(depth: depth + 1) }
        span("right") { manyPaths(depth: depth + 1) }
    } else {
        span("up") { manyPaths(depth: depth + 1) }
        span("down") { manyPaths(depth: depth + 1) }
    }
}

@inline(never)
func spin(_ count: Int) {
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
    }
    if state == 0 { print("never") }
}

/// A sink and a probe written as a user would, beside ours, handed over in code.
func selfMadePlugins() {
    struct PrefixedSink: Sink {
        func write(_ lines: UnsafeRawBufferPointer) -> Int {
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                print("2026-11-24T00:00:00Z info server : " + String(decoding: line, as: UTF8.self))
            }
            return lines.count
        }
    }
    struct AnswerProbe: Probe {
        let name = "answer"
        func read() -> [ProbeCounter] { [ProbeCounter(name: "value", value: 42)] }
    }
    let memory = InMemorySink()
    HoofprintSystem.bootstrap(
        HoofprintSystem.Configuration(sinks: [PrefixedSink(), memory], probes: [AnswerProbe()], flushSeconds: 3600))
    nested()
    HoofprintSystem.shutdown()
    print("in memory: \(memory.lines.count)")
}
