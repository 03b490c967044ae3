import Crypto
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Which pictures a server has, in memory, and in a file that outlives the process: lines are only ever appended, each
/// with a checksum, so that a line that a crash has torn is told from a whole one and left out.
///
/// A picture is known by its path, size and time of change; 16 bytes of memory each. Safe on any thread.
final class UploadJournal: Sendable {
    /// A picture as it was sent.
    struct Entry: Sendable, Equatable {
        let path: FilePath
        let size: Int
        let modificationNanoseconds: Int

        /// 128 bits of a hash that nobody can make collide.
        fileprivate var key: Key {
            var hash = SHA256()
            path.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            withUnsafeBytes(of: (size, modificationNanoseconds)) { hash.update(bufferPointer: $0) }
            return hash.finalize().withUnsafeBytes { bytes in
                Key(
                    high: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
    }

    /// The file cannot be used.
    struct Unusable: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    fileprivate struct Key: Hashable {
        let high: UInt64
        let low: UInt64
    }

    private struct State {
        var keys: Set<Key> = []
        /// Lines that are not yet in the file.
        var lines: [UInt8] = []
    }

    private let descriptor: CInt?
    private let isUsed: Bool
    private let state = Mutex(State())

    /// Opens a journal.
    ///
    /// - Parameters:
    ///   - path: The file, made where there is none; nil: only this process remembers.
    ///   - url: The target; a journal is of one.
    ///   - remembers: Whether anybody will ask, though there is no file.
    init(_ path: FilePath?, url: String, remembers: Bool) throws(Unusable) {
        isUsed = path != nil || remembers
        guard let path else {
            descriptor = nil
            return
        }
        func unusable(_ what: String) -> Unusable { Unusable(description: "cannot use the journal '\(path)': \(what)") }
        let descriptor = path.withSystemPath { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600) }
        guard descriptor >= 0 else { throw unusable("\(SystemFailure.last)") }
        self.descriptor = descriptor
        guard Self.lock(descriptor) else {
            throw unusable(errno == EWOULDBLOCK ? "another upload uses it; wait for it" : "\(SystemFailure.last)")
        }
        do throws(JournalReader.Failure) {
            var keys: Set<Key> = []
            let (bytes, endsLine) = try JournalReader.read(descriptor, url: url) { keys.insert($0.key) }
            // A torn line must not swallow the next one.
            let start = bytes == 0 ? JournalLine.header(url: url) : endsLine ? [] : [UInt8(ascii: "\n")]
            state.withLock { state in
                state.keys = keys
                state.lines = start
            }
        } catch {
            throw unusable("\(error)")
        }
        // At once, so that no crash leaves a journal without its first line.
        do throws(SystemFailure) { try write() } catch { throw unusable("\(error)") }
    }

    /// Locks the journal; false where another upload has it, or it cannot be locked. A process that is being started by this one
    /// holds what was open for a moment: so it is tried for half a second.
    private static func lock(_ descriptor: CInt) -> Bool {
        for _ in 0..<10 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            usleep(50_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    deinit { if let descriptor { close(descriptor) } }

    /// Whether the server has the picture, as it is now.
    func has(_ entry: Entry) -> Bool {
        guard isUsed else { return false }
        let key = entry.key
        return state.withLock { $0.keys.contains(key) }
    }

    /// Notes that the server has the picture. It is in the file after ``write()``.
    func note(_ entry: Entry) {
        guard isUsed else { return }
        let key = entry.key
        let line = descriptor == nil ? [] : JournalLine.bytes(entry)
        state.withLock { state in
            state.keys.insert(key)
            state.lines += line
        }
    }

    /// Writes what was noted to the file, and returns once it is on the disk. For one thread at a time; it blocks.
    func write() throws(SystemFailure) {
        guard let descriptor else { return }
        let lines = state.withLock { state in
            defer { state.lines = [] }
            return state.lines
        }
        guard !lines.isEmpty else { return }
        var rest = lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                #else
                Musl.write(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw .last
            }
        }
        guard fdatasync(descriptor) == 0 else { throw .last }
    }
}
