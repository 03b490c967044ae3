import TraceLog

/// The beginning and the end of a file of strace's: whether it says what is needed, and of which time it is.
enum StraceHead {
    private static let mend = "run strace with -f -ttt -T -y"
    /// So many lines are looked at.
    private static let lines = 2_000

    /// Returns the first instant of a file, nanoseconds since 1970-01-01T00:00:00Z.
    static func firstInstant(of input: LogInput) throws(LogReadError) -> UInt64 {
        var seen = Seen()
        try input.firstBytes(LineBlocks.readBytes, for: "strace's output").withUnsafeBytes { seen.take($0) }
        if let first = seen.first {
            // Threads of -ff that never call anything, and calls that never end, have no durations.
            guard seen.hasDuration || seen.calls < 2 else {
                throw refuse(input, "it does not say how long its calls took; \(mend)")
            }
            return first
        }
        let sample = SafeText.escaped(bytes: seen.sample)
        switch seen.stamp {
        case .timeOfDay?: throw refuse(input, "its times have no date (-t, -tt); \(mend)")
        case .relative?: throw refuse(input, "its times count from the line before (-r); \(mend)")
        case .coarse?: throw refuse(input, "its times are not in microseconds; \(mend)")
        case StraceLine.Stamp.none?: throw refuse(input, "its lines have no times; \(mend)")
        case .wall?, nil:
            throw refuse(
                input,
                sample.isEmpty
                    ? "it holds no system call" : "it is nothing that strace wrote; its first line is '\(sample)'")
        }
    }

    /// Returns an instant after all that a file tells; the end of time where the file is packed.
    static func lastInstant(of input: LogInput) throws(LogReadError) -> UInt64 {
        guard let bytes = try input.lastBytes(LineBlocks.readBytes, for: "strace's output") else { return .max }
        var last: UInt64?
        // Lines come in order of their instants; what follows is up to a second later, in a line that is being written.
        for line in bytes.split(separator: UInt8(ascii: "\n")).suffix(64) {
            let instant = line.withUnsafeBytes { bytes -> UInt64? in
                let line = StraceLine(bytes)
                guard case .wall(let instant) = line.stamp else { return nil }
                return saturatingSum(instant, line.body == .call ? line.duration ?? 0 : 0)
            }
            last = max(last ?? 0, instant ?? 0)
        }
        return last.map { $0 == 0 ? .max : saturatingSum($0, 1_000_000_000) } ?? .max
    }

    private static func refuse(_ input: LogInput, _ reason: String) -> LogReadError {
        LogReadError(name: input.name, reason: reason)
    }

    /// What was seen so far.
    private struct Seen {
        var first: UInt64?
        var stamp: StraceLine.Stamp?
        var calls = 0
        var hasDuration = false
        var sample: [UInt8] = []
        private var left = StraceHead.lines

        mutating func take(_ block: UnsafeRawBufferPointer) {
            var rest = block
            while !rest.isEmpty, left > 0 {
                left -= 1
                let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
                take(line: UnsafeRawBufferPointer(rebasing: rest[..<end]))
                rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
            }
        }

        private mutating func take(line bytes: UnsafeRawBufferPointer) {
            if sample.isEmpty { sample = Array(bytes.prefix(80)) }
            let line = StraceLine(bytes)
            guard line.body != .unreadable, line.body != .note else { return }
            if case .wall(let instant) = line.stamp {
                if first == nil { first = instant }
            } else {
                stamp = stamp ?? line.stamp
            }
            guard line.body == .call || line.body == .resumed else { return }
            calls += line.result.first == UInt8(ascii: "?") ? 0 : 1
            hasDuration = hasDuration || line.duration != nil
        }
    }
}
