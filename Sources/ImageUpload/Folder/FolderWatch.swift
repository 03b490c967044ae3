import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Tells what comes into a folder and below: files that were written and closed, or moved there (inotify(7)).
///
/// One thread waits in ``next()``; ``add(_:)`` and ``stop()`` may be called from any.
final class FolderWatch: Sendable {
    enum Change: Equatable {
        /// A file is complete: its writer closed it, or it was moved there.
        case file(FilePath)
        /// A directory was made, or moved there: what is in it already was not told.
        case folder(FilePath)
        /// Changes were lost: everything must be looked through again.
        case overflow
        case stopped
    }

    private struct State {
        var folders: [CInt: FilePath] = [:]
        /// Files that were found while perhaps being written, with their stamp and when to look again.
        var settling: [(path: FilePath, stamp: FileStamp?, dueMilliseconds: Int)] = []
    }

    /// How long a file whose writer is not known must stand unchanged.
    static let settlingMilliseconds = 2000
    private static let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR)

    private let descriptor: CInt
    private let stopReader: CInt
    private let stopWriter: CInt
    private let state = Mutex(State())
    /// Changes that were read and not yet told; touched by the waiting thread alone.
    private let pending = Mutex<[Change]>([])

    init() throws(SystemFailure) {
        descriptor = inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK))
        guard descriptor >= 0 else { throw .last }
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else {
            let failure = SystemFailure.last
            close(descriptor)
            throw failure
        }
        (stopReader, stopWriter) = (ends[0], ends[1])
        for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    deinit { for descriptor in [descriptor, stopReader, stopWriter] { close(descriptor) } }

    /// Watches a directory; call it before reading the directory, so that nothing is missed between.
    func add(_ folder: FilePath) throws(SystemFailure) {
        let watch = folder.withSystemPath { inotify_add_watch(descriptor, $0, Self.events) }
        guard watch >= 0 else { throw .last }
        state.withLock { $0.folders[watch] = folder }
    }

    /// Ends ``next()``, now and from now on.
    func stop() {
        var byte: UInt8 = 1
        // A full pipe says the same; and there is nobody to tell of an error.
        _ = write(stopWriter, &byte, 1)
    }

    /// Whether a file that was found, not told of, changed so lately that its writer may be at it; then ``next()``
    /// tells of it once it has stood unchanged for two seconds.
    func settles(_ path: FilePath) -> Bool {
        guard let stamp = Self.stamp(of: path) else { return false }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let age = (now.tv_sec * 1_000_000_000 + now.tv_nsec - stamp.modificationNanoseconds) / 1_000_000
        guard age < Self.settlingMilliseconds else { return false }
        state.withLock { $0.settling.append((path, stamp, Self.milliseconds + Self.settlingMilliseconds)) }
        return true
    }

    /// Waits for the next change.
    func next() throws(SystemFailure) -> Change {
        while true {
            if let change = pending.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return change }
            if let path = settled() { return .file(path) }
            var ready = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&ready, 2, CInt(clamping: wait))
            guard count >= 0 || errno == EINTR else { throw .last }
            guard count > 0 else { continue }
            if ready[1].revents != 0 { return .stopped }
            try read()
        }
    }

    /// A file that stood unchanged long enough.
    private func settled() -> FilePath? {
        state.withLock { state in
            while let index = state.settling.firstIndex(where: { $0.dueMilliseconds <= Self.milliseconds }) {
                let (path, stamp, _) = state.settling.remove(at: index)
                let current = Self.stamp(of: path)
                if current == stamp { return path }
                // Gone, or still being written.
                guard let current else { continue }
                state.settling.append((path, current, Self.milliseconds + Self.settlingMilliseconds))
            }
            return nil
        }
    }

    /// How many milliseconds until a settling file is due; -1 if none is.
    private var wait: Int {
        let due = state.withLock { $0.settling.map(\.dueMilliseconds).min() }
        return due.map { max(0, $0 - Self.milliseconds) } ?? -1
    }

    private func read() throws(SystemFailure) {
        var changes: [Change] = []
        let failure = withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 8) { space -> SystemFailure? in
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, space.baseAddress, space.count)
            #else
            let count = Musl.read(descriptor, space.baseAddress, space.count)
            #endif
            guard count > 0 else { return errno == EAGAIN || errno == EINTR ? nil : .last }
            changes = self.changes(in: UnsafeRawBufferPointer(rebasing: space[..<count]))
            return nil
        }
        if let failure { throw failure }
        pending.withLock { $0 += changes }
    }

    /// Takes apart what was read: a header of 16 bytes each, and a name filled up with zeros.
    private func changes(in bytes: UnsafeRawBufferPointer) -> [Change] {
        var changes: [Change] = []
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= bytes.count {
            let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let start = offset + MemoryLayout<inotify_event>.size
            offset = start + Int(event.len)
            let name = Array(bytes[start..<offset].prefix { $0 != 0 })
            if let change = change(event, name) { changes.append(change) }
        }
        return changes
    }

    private func change(_ event: inotify_event, _ name: [UInt8]) -> Change? {
        func has(_ flag: Int) -> Bool { event.mask & UInt32(flag) != 0 }
        if has(Int(IN_Q_OVERFLOW)) { return .overflow }
        return state.withLock { state in
            if has(Int(IN_IGNORED)) {
                state.folders[event.wd] = nil
                return nil
            }
            guard let path = state.folders[event.wd]?.appending(name), !name.isEmpty else { return nil }
            if has(Int(IN_ISDIR)) { return has(Int(IN_CREATE)) || has(Int(IN_MOVED_TO)) ? .folder(path) : nil }
            guard has(Int(IN_CLOSE_WRITE)) || has(Int(IN_MOVED_TO)) else { return nil }
            state.settling.removeAll { $0.path == path }
            return .file(path)
        }
    }

    private static func stamp(of path: FilePath) -> FileStamp? {
        var status = stat()
        return path.withSystemPath { stat($0, &status) } == 0 ? FileStamp(status) : nil
    }

    /// A clock that is not set.
    private static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
