import Benchmark
import Hoofprint
import TraceLog

/// Operations in one measurement: what is measured takes nanoseconds, and a measurement some microseconds by itself.
private let operations = 100_000

@inline(never) private func leaf() { blackHole(0) }
@inline(never) private func asyncLeaf() async { blackHole(0) }

let benchmarks: @Sendable () -> Void = {
    HoofprintSystem.bootstrap(
        HoofprintSystem.Configuration(sinks: [DiscardingSink()], probes: [], flushSeconds: 3600))
    // The quickest of up to 300 runs is compared: what else the machine does only makes runs slower. A quarter is told.
    let allowed = BenchmarkThresholds(relative: [.p0: 25])
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock], scalingFactor: .one, maxDuration: .seconds(3), maxIterations: 300,
        thresholds: [.wallClock: allowed])
    spans()
    log()
}

private func spans() {
    Benchmark("100,000 spans under a span") { _ in
        span("root") { for _ in 0..<operations { span("child") { leaf() } } }
    }
    Benchmark("100,000 spans at top level") { _ in
        for _ in 0..<operations { span("top") { leaf() } }
    }
    Benchmark("100,000 tokens under a span") { _ in
        span("root") {
            for _ in 0..<operations {
                let token = TraceSpan.begin("token")
                leaf()
                token.end()
            }
        }
    }
    Benchmark("100,000 async spans") { _ in
        for _ in 0..<operations { await span("async") { await asyncLeaf() } }
    }
    Benchmark("100,000 spans, switched off") { _ in
        HoofprintSystem.isRecording = false
        for _ in 0..<operations { span("off") { leaf() } }
        HoofprintSystem.isRecording = true
    }
}

private func log() {
    let record = statsRecord()
    let header = RecordHeader(session: 1, sequence: 1)
    Benchmark("1,000 stats records encoded") { _ in
        for _ in 0..<1000 { blackHole(Record.stats(record).encoded(header)) }
    }
    let line = Array(Record.stats(record).encoded(header).dropLast())
    Benchmark("1,000 stats records decoded") { _ in
        for _ in 0..<1000 { blackHole(RecordDecoder.decode(line)) }
    }
    Benchmark("flush of 13 paths") { benchmark in
        request()
        benchmark.startMeasurement()
        HoofprintSystem.flush()
        benchmark.stopMeasurement()
    }
}

/// Counters of a path with durations over three powers of ten.
private func statsRecord() -> StatsRecord {
    var histogram = DurationHistogram()
    for step in 0..<600 { histogram.add(ticks: UInt64(step * step * 40 + 2000)) }
    return StatsRecord(
        path: 7, count: 600, totalNanoseconds: 2_000_000_000, selfNanoseconds: 1_000_000_000,
        cpuNanoseconds: 1_500_000_000, maximumNanoseconds: 6_000_000, errors: 3, folded: 0, histogram: histogram)
}

/// Spans on 13 paths.
private func request() {
    span("request") {
        span("parse") { leaf() }
        span("authorize") { span("lookup") { leaf() } }
        span("load") { span("query") { span("row") { leaf() } } }
        span("render") { span("template") { leaf() } }
        span("encode") { span("compress") { leaf() } }
        span("respond") { span("write") { leaf() } }
    }
}

/// Takes every line and keeps none.
private struct DiscardingSink: Sink {
    func write(_ lines: UnsafeRawBufferPointer) -> Int { lines.count }
}
