import TraceLog

/// Reads one file of strace's: pairs calls with where they go on, and finds out whose a line without a thread is.
struct StraceReader {
    private(set) var counts = EvidenceCounts()
    private let recording: Int
    /// The thread of all lines; nil: each line says its own.
    private let fileThread: UInt64?
    /// Calls that have not returned, by thread.
    private var pending: [UInt64: Pending] = [:]
    /// Threads with lines that say their thread, and that have not ended.
    private var alive: Set<UInt64> = []
    private var lastInstant: UInt64 = 0
    /// Whose call the line before began, into which a note was written.
    private var splitThread: UInt64?

    private struct Pending {
        var start: UInt64
        var call: SystemCall
    }

    /// There are 2²² at most on one system.
    private static let mostThreads = 1 << 22

    init(recording: Int, thread: UInt64?) {
        self.recording = recording
        fileThread = thread
    }

    /// Reads whole lines.
    mutating func read(_ block: UnsafeRawBufferPointer, _ take: (ThreadEvent) -> Void) {
        var rest = block
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            let bytes = UnsafeRawBufferPointer(rebasing: rest[..<end])
            let line = StraceLine(bytes)
            if line.body != .unreadable || !readRest(bytes, take) { read(line, take) }
            rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
        }
    }

    /// Reads the rest of a call that a note was written into; false: it is not that.
    private mutating func readRest(_ bytes: UnsafeRawBufferPointer, _ take: (ThreadEvent) -> Void) -> Bool {
        guard let thread = splitThread, let duration = StraceLine.duration(ofRest: bytes),
            let begun = pending.removeValue(forKey: thread)
        else { return false }
        counts.lines += 1
        splitThread = nil
        end(begun.call, of: thread, from: begun.start, duration, take)
        return true
    }

    private mutating func read(_ line: StraceLine, _ take: (ThreadEvent) -> Void) {
        counts.lines += 1
        splitThread = nil
        guard line.body != .note else { return }
        guard line.body != .unreadable, case .wall(let instant) = line.stamp else {
            counts.unreadable += 1
            return
        }
        let thread = thread(of: line)
        lastInstant = max(lastInstant, instant)
        switch line.body {
        case .call:
            // One that goes on elsewhere was lost; what is known of it ends here.
            pending[thread] = nil
            // exit(2) returns nothing: "= ?".
            let hasReturned = line.result.first != UInt8(ascii: "?")
            end(SystemCall(line), of: thread, from: instant, line.duration, hasReturned: hasReturned, take)
        case .unfinished:
            guard pending.count < Self.mostThreads else { return counts.unreadable += 1 }
            pending[thread] = Pending(start: instant, call: SystemCall(line))
            if line.isSplit { splitThread = thread }
        case .resumed:
            // It may have begun when its thread was the only one, and was not said.
            guard var begun = pending.removeValue(forKey: thread) ?? pending.removeValue(forKey: 0),
                line.name.elementsEqual(begun.call.activity.name.utf8)
            else { return counts.unreadable += 1 }
            begun.call.take(resumed: line)
            // One that its thread's end cut off has no duration: "= ?".
            let duration = line.duration ?? (instant >= begun.start ? instant - begun.start : 0)
            end(begun.call, of: thread, from: begun.start, duration, take)
        case .exit:
            endPending(of: thread, at: instant, take)
            alive.remove(thread)
        case .note, .unreadable: break
        }
    }

    /// Ends the calls that have not returned, and what was begun, where the file does.
    mutating func finish(_ take: (ThreadEvent) -> Void) {
        for thread in pending.keys.sorted() { endPending(of: thread, at: lastInstant, take) }
    }

    private mutating func endPending(of thread: UInt64, at instant: UInt64, _ take: (ThreadEvent) -> Void) {
        guard let begun = pending.removeValue(forKey: thread), instant >= begun.start else { return }
        end(begun.call, of: thread, from: begun.start, instant - begun.start, take)
    }

    private mutating func end(
        _ call: SystemCall, of thread: UInt64, from start: UInt64, _ duration: UInt64?,
        hasReturned: Bool = true, _ take: (ThreadEvent) -> Void
    ) {
        guard let duration else { return counts.withoutDuration += hasReturned ? 1 : 0 }
        lastInstant = max(lastInstant, saturatingSum(start, duration))
        take(
            ThreadEvent(
                thread: thread, recording: recording, startWallNanoseconds: start, durationNanoseconds: duration,
                activity: call.activity, error: call.error))
    }

    /// Returns whose a line is. Where one thread is left, lines do not say it: at the beginning it is the program's main thread, 0;
    /// later that which has not ended.
    private mutating func thread(of line: StraceLine) -> UInt64 {
        if let thread = line.thread {
            if alive.count < Self.mostThreads { alive.insert(thread) }
            return thread
        }
        if let fileThread { return fileThread }
        return alive.count == 1 ? alive.first ?? 0 : 0
    }
}
