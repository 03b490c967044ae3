import Foundation
import Hoofprint

/// Threads that wait, each in its own way and inside a span of its own, until a sampler has seen each of them often.
func waits() {
    let watched = bootstrapWatched()
    let obstacles = Obstacles()
    let bodies: [@Sendable () -> Void] = [
        { span("locked") { obstacles.takeLock() } },
        { span("piped") { obstacles.readPipe() } },
        { span("received") { obstacles.receive() } },
        { span("polled") { obstacles.pollPipe() } },
        { span("slept") { while !obstacles.areGone { usleep(100_000) } } },
        { span("spawned") { obstacles.awaitChild() } },
        { span("outer") { span("computed") { while !obstacles.areGone { spin(1000) } } } },
    ]
    let handles = bodies.map(startThread)
    while watched.pathsSeen(atLeast: 40) < bodies.count { flushAndSleep() }
    obstacles.remove()
    for handle in handles { pthread_join(handle, nil) }
}

/// Threads that come and go while a sampler looks at them.
func waitsChurn() {
    let watched = bootstrapWatched()
    while watched.pathsSeen(atLeast: 100) < 1 {
        threads(count: 8, spans: 2000)
        HoofprintSystem.flush()
    }
}

/// A parent and then its forked child, each in a span until a sampler has seen it often.
func waitsForked() {
    let watched = bootstrapWatched()
    span("parent") { while watched.pathsSeen(atLeast: 20) < 1 { flushAndSleep() } }
    let child = swiftFork()
    if child == 0 {
        watched.forget()
        span("child") { while watched.pathsSeen(atLeast: 20) < 1 { flushAndSleep() } }
        HoofprintSystem.shutdown()
        _exit(0)
    }
    awaitEnd(of: child)
}

/// A sampler that a user wrote, through all its switches, beside one that cannot work.
func ownSampler() {
    let sampler = DiarySampler()
    HoofprintSystem.bootstrap(
        HoofprintSystem.Configuration(probes: [], samplers: [UnfitSampler(), sampler], flushSeconds: 3600))
    span("watched") { sampler.awaitLook() }
    HoofprintSystem.isSampling = false
    sampler.awaitStop()
    HoofprintSystem.isSampling = true
    sampler.awaitLook()
    HoofprintSystem.isRecording = false
    sampler.awaitStop()
    HoofprintSystem.isRecording = true
    sampler.awaitLook()
    HoofprintSystem.shutdown()
    print(sampler.diary.joined(separator: " "))
}

/// A sampler whose look never comes back, beside one that works.
func hungSampler() {
    let sampler = DiarySampler()
    let hung = HungSampler()
    HoofprintSystem.bootstrap(
        HoofprintSystem.Configuration(probes: [], samplers: [hung, sampler], flushSeconds: 3600))
    span("watched") {
        hung.awaitLook()
        sampler.awaitLook()
    }
    HoofprintSystem.flush()
    let child = swiftFork()
    if child == 0 { _exit(0) }
    awaitEnd(of: child)
}

private func awaitEnd(of child: pid_t) {
    var status: Int32 = 0
    waitpid(child, &status, 0)
    guard status == 0 else { fatalError("the child ended with \(status)") }
}

/// Gives samplers time to look.
func flushAndSleep() {
    usleep(5000)
    HoofprintSystem.flush()
}

private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var handle = pthread_t()
    let context = Unmanaged.passRetained(Box(body)).toOpaque()
    let status = pthread_create(
        &handle, nil,
        { context in
            context.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
            return nil
        }, context)
    guard status == 0 else { fatalError("pthread_create: \(status)") }
    return handle
}

/// Sets up what the environment says, and a sink besides that counts samples.
func bootstrapWatched() -> SampleWatch {
    let watch = SampleWatch()
    var configuration = HoofprintSystem.Configuration.fromEnvironment
    configuration.sinks.append(watch)
    HoofprintSystem.bootstrap(configuration)
    return watch
}
