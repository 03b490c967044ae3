import ImageUpload
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Standard output and error: failures line by line, and below them, on a terminal, how far the upload is.
final class Console: Sendable {
    private struct State {
        var line = ProgressLine()
        var drawnAt: ContinuousClock.Instant?
        var isDrawn = false
    }

    private static let redrawInterval = Duration.milliseconds(100)

    /// Whether a progress line is drawn.
    let hasProgress: Bool
    private let isColoured: Bool
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init() {
        let term = getenv("TERM").map { String(cString: $0) } ?? ""
        hasProgress = isatty(STDERR_FILENO) == 1 && term != "dumb"
        // no-color.org: set and not empty.
        let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        isColoured = hasProgress && !noColor
    }

    /// Takes in what happened, and redraws the line if it has stood long enough.
    func note(_ event: UploadEvent) {
        state.withLock { state in
            state.line.note(event)
            if case .failed(let failure) = event {
                clear(&state)
                Self.write("upload-images: \(failure.path): \(failure.message)", to: STDERR_FILENO)
                state.drawnAt = nil
            }
            guard hasProgress else { return }
            let now = ContinuousClock.now
            if let drawnAt = state.drawnAt, now - drawnAt < Self.redrawInterval { return }
            state.drawnAt = now
            state.isDrawn = true
            let seconds = (now - start).components
            state.line.seconds = Double(seconds.seconds) + Double(seconds.attoseconds) * 1e-18
            let text = state.line.text(columns: Self.columns, isColoured: isColoured)
            Self.write("\r\u{1B}[K\(text)", to: STDERR_FILENO, end: "")
        }
    }

    /// Removes the progress line, before anything else is printed.
    func endProgress() { state.withLock { clear(&$0) } }

    private func clear(_ state: inout State) {
        guard state.isDrawn else { return }
        state.isDrawn = false
        Self.write("\r\u{1B}[K", to: STDERR_FILENO, end: "")
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a line whole; a stream that takes no more is left alone, there is nowhere to tell.
    static func write(_ text: String, to descriptor: CInt, end: String = "\n") {
        var bytes = Array("\(text)\(end)".utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                // The terminal may be shared with a program that made it non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }

    private static func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
