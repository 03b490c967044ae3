import CImageCodecs
import Redness

/// How long a picture takes, as JSON: nanoseconds, the least of some rounds, of decoding alone, of decoding and counting red
/// pixels as the server does, and both in turns.
func timed(_ file: String, rounds: Int) -> String {
    let content = contents(of: file)
    let clock = ContinuousClock()
    var decoding = Duration.seconds(1000)
    var measuring = Duration.seconds(1000)
    var pixels = 0
    let measurer = PictureMeasurer(limits: generousLimits)
    content.withUnsafeBytes { bytes in
        for _ in 0..<rounds {
            decoding = min(
                decoding,
                clock.measure {
                    try? decode(bytes) {
                        pixels = Int($0.width * $0.height)
                    } rows: { _ in
                    }
                })
            measuring = min(measuring, clock.measure { _ = try? measurer.measure(bytes) })
        }
    }
    let times = "\"decode\":\(nanoseconds(decoding)),\"measure\":\(nanoseconds(measuring))"
    return "{\"file\":\"\(file)\",\"pixels\":\(pixels),\(times)}"
}

private func nanoseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
}

/// Prints for each way to count that this processor has how many GB of RGB it counts a second: of 48 MB from memory, and of
/// 128 KiB, the size of a band, from the cache.
func printKernels() {
    let width = 4096
    let rows = 4096
    let stride = width * 3
    var state: UInt64 = 1
    let pixels = (0..<rows * stride).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
    let clock = ContinuousClock()
    for kind in RedCounter.Kind.allCases where kind.isAvailable {
        func gigabytesPerSecond(rows: Int, times: Int) -> Double {
            let least =
                (0..<7).map { _ in
                    clock.measure {
                        var counter = RedCounter(width: width, channels: 3, kind: kind)
                        pixels.withUnsafeBufferPointer { bytes in
                            guard let start = bytes.baseAddress else { return }
                            for _ in 0..<times { counter.count(rows: start, stride: stride, count: rows) }
                        }
                        counter.finish()
                    }
                }.min() ?? .seconds(1000)
            return Double(rows * stride * times) / Double(nanoseconds(least))
        }
        let memory = gigabytesPerSecond(rows: rows, times: 1)
        let band = gigabytesPerSecond(rows: (128 << 10) / stride, times: 100)
        let figures = "\"memory\":\(rounded(memory)),\"cache\":\(rounded(band))"
        print("{\"kernel\":\"\(kind)\",\(figures)}")
    }
}

private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
