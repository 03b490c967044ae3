#if Tools
import Dispatch
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Says how far the logs have been read, on standard error where that is a terminal, once it takes over a second.
///
/// A thread of its own looks ten times a second at what the reading threads count; they never wait for it.
final class ProgressBar: Sendable {
    private let progress: ReadProgress
    private let total: UInt64?
    private let preview: PreviewScreen?
    private let stop = DispatchSemaphore(value: 0)
    private let hasStopped = DispatchSemaphore(value: 0)

    private static let interval = DispatchTimeInterval.milliseconds(100)
    private static let quietIntervals = 10

    /// Begins to watch; nil: standard error is no terminal that can take a line back.
    ///
    /// - Parameters:
    ///   - total: Bytes that there are; nil: that is not known.
    ///   - preview: What stands above the line, and is refined from time to time.
    init?(of progress: ReadProgress, total: UInt64?, below preview: PreviewScreen? = nil) {
        guard isatty(STDERR_FILENO) == 1, getenv("TERM").map({ String(cString: $0) }) != "dumb" else { return nil }
        self.progress = progress
        self.total = total
        self.preview = preview
        // A serial queue has a thread to itself while its work runs.
        DispatchQueue(label: "trace-report.progress").async { self.watch() }
    }

    /// Takes the line off the screen. Nothing is written after it returns.
    func remove() {
        stop.signal()
        hasStopped.wait()
    }

    private func watch() {
        let start = DispatchTime.now().uptimeNanoseconds
        var intervals = 0
        // Looking at further places takes from reading: each time after twice as long.
        var nextRefinement = preview == nil ? Int.max : Self.quietIntervals
        while stop.wait(timeout: .now() + Self.interval) == .timedOut {
            intervals += 1
            if intervals >= nextRefinement {
                nextRefinement = preview?.refine() == true ? 2 * nextRefinement : .max
            }
            guard preview != nil || intervals >= Self.quietIntervals else { continue }
            let elapsed = DispatchTime.now().uptimeNanoseconds - start
            let line = ProgressLine(bytes: progress.bytes, total: total, elapsedNanoseconds: elapsed)
            write("\r" + line.text(columns: Self.columns()) + Self.eraseToEnd)
        }
        if preview != nil || intervals >= Self.quietIntervals { write("\r" + Self.eraseToEnd) }
        hasStopped.signal()
    }

    /// ECMA-48, EL.
    private static let eraseToEnd = "\u{1b}[K"

    private static func columns() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes as far as the terminal takes it: the next line stands in the same place.
    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        var count = -1
        repeat { count = systemWrite(bytes) } while count < 0 && errno == EINTR
    }
}

/// write(2), whose name methods hide.
private func systemWrite(_ bytes: [UInt8]) -> Int { write(STDERR_FILENO, bytes, bytes.count) }
#endif
