import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The kernel's random numbers (getentropy(3)), fetched many at a time: a call of it takes longer than a span.
enum RandomNumbers {
    private struct Stock {
        var numbers: [UInt64] = []
        var process: UInt64 = 0
    }

    private static let stock = Mutex(Stock())
    /// Counts up in every forked child, which must not go on with its parent's stock.
    private static let process = Atomic<UInt64>(0)
    private static let watchesForks: Bool = {
        pthread_atfork(nil, nil) { RandomNumbers.process.add(1, ordering: .relaxed) } == 0
    }()

    /// What getentropy gives at once, at most: 256 bytes.
    private static let atOnce = 32

    /// Returns a number that is not 0.
    static func next() -> UInt64 {
        let process = process.load(ordering: .relaxed)
        return stock.withLock { stock in
            if stock.process != process || !watchesForks { stock = Stock(numbers: [], process: process) }
            while true {
                if stock.numbers.isEmpty { stock.numbers = fetch() }
                let number = stock.numbers.removeLast()
                if number != 0 { return number }
            }
        }
    }

    private static func fetch() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: atOnce)
        let isFilled = numbers.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        // Where a sandbox forbids the call, Swift has other ways.
        return isFilled ? numbers : numbers.map { _ in .random(in: 1...UInt64.max) }
    }
}
